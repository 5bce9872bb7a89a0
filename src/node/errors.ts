/** Why the composition root cannot do what it was asked. */
export type NodeErrorCode =
  | 'configuration-invalid'
  | 'not-initialised'
  | 'already-initialised'
  | 'data-folder-busy'
  | 'passphrase-needed'
  | 'passphrase-wrong'
  | 'input-unusable'
  | 'backup-damaged'
  | 'keys-missing'
  | 'founding-refused'
  | 'unavailable';

/** An operational error of the node: `code` is stable, the message says what to do. */
export class NodeError extends Error {
  readonly code: NodeErrorCode;

  constructor(code: NodeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NodeError';
    this.code = code;
  }
}
