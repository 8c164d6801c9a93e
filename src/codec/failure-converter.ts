import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Messages and stack traces of failures as payloads, which the codecs then encrypt: the last lines of a failed command
 * are in there. Types and codes of errors stay readable, as workflow ids and search attributes do. Loaded by path: by
 * clients and workers outside of the workflow sandbox, and by the bundle inside of it.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
