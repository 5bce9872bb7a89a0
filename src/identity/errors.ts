/** Closed set of reasons why the identity room refuses. Stable: clients may branch on them. */
export type IdentityErrorCode =
  /** No bearer token in the Authorization header (RFC 6750 §3). */
  | 'token-missing'
  /** The header is not one bearer token, or the token is not a JWS in compact form. */
  | 'token-malformed'
  /** Called back before its time: the app was disconnected, the person signed out, or their account was closed. */
  | 'token-revoked'
  /** Signature, algorithm, type, key or a required claim is wrong. */
  | 'token-invalid'
  /** Past its `exp`. */
  | 'token-expired'
  /** Issued by another organisation: its people come through exchange. */
  | 'token-issuer'
  /** Issued here, but for another service. */
  | 'token-audience'
  /** The token is good; what it grants does not cover this. */
  | 'scope-insufficient'
  /** A scope is not in the grammar of SMART App Launch 2.2. */
  | 'scope-malformed'
  /** A scope asks for something this server does not enforce; it is never granted without its restriction. */
  | 'scope-unsupported'
  /** Not a code of v3 PurposeOfUse. */
  | 'purpose-unknown'
  /** The body or a parameter is not what the route takes; nothing was changed. */
  | 'request-invalid'
  /** A request body is larger than the route takes. */
  | 'request-too-large'
  /** No such patient here. */
  | 'patient-unknown'
  /** The enrolment code is not the one given, or no code is open for this patient. */
  | 'enrolment-code-invalid'
  /** The right code, too late. */
  | 'enrolment-code-expired'
  /** The right code, a second time. */
  | 'enrolment-code-used'
  /** Too many wrong tries: a new code must be given. */
  | 'enrolment-code-locked'
  /** The signature is not by the key to be enrolled over this enrolment. */
  | 'enrolment-signature-invalid'
  /** The key is already enrolled, for whichever patient. */
  | 'key-already-enrolled'
  /** No such enrolled key. */
  | 'key-unknown'
  /** A patient has as many enrolled keys as are kept. */
  | 'too-many-keys'
  /** No such persona, or it has no record at the organisation asked for. */
  | 'persona-unknown'
  /** A client registration in the configuration is not usable. */
  | 'client-invalid'
  /** No such client, or one that is configured elsewhere. */
  | 'client-unknown'
  /** No such user. */
  | 'account-unknown'
  /** What is said of a user is not usable. */
  | 'account-invalid'
  /** Another user has this login. */
  | 'login-taken'
  /** The password is too short, too long, or too easy to guess. */
  | 'password-weak'
  /** Login and password do not belong together, the passkey is none of this organisation's, or there were too many tries. */
  | 'sign-in-refused'
  /** A form came from another page, or a second time, or too late. */
  | 'form-stale'
  /** A one-time link was used before, has expired, or never was. */
  | 'link-invalid'
  /** No such launch, or not for this app and person. */
  | 'launch-invalid'
  /** No such connected app. */
  | 'grant-unknown'
  /** The person could not be recognised anew with two factors. */
  | 'reauthentication-failed'
  /** The organisation's own sign-in provider did not vouch for a user of this organisation. */
  | 'outside-sign-in-failed'
  /** A sealed file cannot be opened: passphrase or file is wrong. */
  | 'authority-unreadable'
  /** The request could not be recorded durably, so it was not answered. */
  | 'not-recorded'
  /** As `not-recorded`, because the disk is full. */
  | 'storage-full';

/** Refusal by the identity room: a stable `code` and a sentence that says what to do. */
export class IdentityError extends Error {
  readonly code: IdentityErrorCode;

  constructor(code: IdentityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IdentityError';
    this.code = code;
  }
}
