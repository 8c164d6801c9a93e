import { createSystemSecrets } from '../../../src/activities/secrets';

const env = {
  SMTP_PASSWORD: 'of a channel',
  APPROVAL_KEY: 'of decisions',
  F0_SIGNING_KEY: 'secret://env/APPROVAL_KEY',
  F0_ENCRYPTION_KEYS: 'of payloads',
  TEMPORAL_API_KEY: 'of Temporal',
  OTEL_EXPORTER_OTLP_HEADERS: 'of the collector',
  DATABASE_URL: 'postgresql://u:p@db/f0',
  PGPASSWORD: 'of the database',
};

describe('the secrets of a process', () => {
  const { ofDocuments, own } = createSystemSecrets({ env, folder: null });

  it('are for documents to name', async () => {
    expect(await ofDocuments.resolve('secret://env/SMTP_PASSWORD')).toBe('of a channel');
  });

  it.each([
    'F0_ENCRYPTION_KEYS',
    'F0_SIGNING_KEY',
    'TEMPORAL_API_KEY',
    'OTEL_EXPORTER_OTLP_HEADERS',
    'DATABASE_URL',
    'PGPASSWORD',
  ])('are not, where they are ours: %s', async (name) => {
    await expect(ofDocuments.resolve(`secret://env/${name}`)).rejects.toMatchObject({ type: 'NotFound' });
  });

  it('are not, where decisions are signed with them; whoever runs the process names them', async () => {
    await expect(ofDocuments.resolve(env.F0_SIGNING_KEY)).rejects.toMatchObject({
      type: 'PermissionDenied',
      message: expect.stringContaining('no document may name it'),
    });
    expect(await own.resolve(env.F0_SIGNING_KEY)).toBe('of decisions');
  });
});
