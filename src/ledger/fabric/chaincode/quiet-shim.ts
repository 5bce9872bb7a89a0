/** Loaded before the shim, which otherwise writes a line for every refusal: the program answers those, and reports what it must. */
process.env.CORE_CHAINCODE_LOGGING_LEVEL ??= 'critical';
