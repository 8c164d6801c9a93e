import { ApiError, clusterFailure } from '../../../../src/activities/deploy/kubernetes/api-errors';

const refused = (statusCode: number, message: string, details = {}, retryAfter: number | null = null) =>
  clusterFailure(new ApiError(statusCode, { message, details }, 'Deployment shop', retryAfter), 'staging');
const coded = (code: string) => clusterFailure(Object.assign(new Error('fetch failed'), { code }), 'staging');

describe('what a cluster answers, as one of our failures', () => {
  it.each([
    [
      'a right that is missing',
      refused(
        403,
        'deployments.apps "shop" is forbidden: User "ci" cannot patch resource "deployments" in API group "apps" in the namespace "shop"',
      ),
      'PermissionDenied',
      'ci may not patch deployments.apps in namespace shop',
    ],
    [
      'a webhook that refuses',
      refused(403, 'admission webhook "policy.example.com" denied the request: no owner label'),
      'InvalidInput',
      'was refused by the admission webhook policy.example.com: no owner label',
    ],
    [
      'a webhook that says which field it is about',
      refused(422, 'admission webhook "policy.example.com" denied the request: not so', {
        causes: [{ field: 'spec.replicas', message: 'at most 5' }, { message: 'no field' }],
      }),
      'InvalidInput',
      'policy.example.com: not so (at spec.replicas: at most 5)',
    ],
    [
      'a policy that refuses',
      refused(
        422,
        `deployments.apps "shop" is forbidden: ValidatingAdmissionPolicy 'few' with binding 'all' denied request: too many`,
      ),
      'InvalidInput',
      'Deployment shop was refused by the admission policy few: too many',
    ],
    [
      'a webhook that is down',
      refused(500, 'failed calling webhook "policy.example.com"'),
      'Unavailable',
      'failed calling webhook',
    ],
    [
      'an immutable field',
      refused(422, 'spec.selector: Invalid value: field is immutable'),
      'InvalidInput',
      'give it another name',
    ],
    [
      'a quota',
      refused(403, 'services "shop" is forbidden: exceeded quota: small'),
      'CommandFailed',
      'raise the ResourceQuota',
    ],
    [
      'a namespace that is not there',
      refused(404, 'namespaces "x" not found', { kind: 'namespaces', name: 'x' }),
      'NotFound',
      'there is no namespace "x"',
    ],
    ['credentials that have expired', refused(401, 'Unauthorized'), 'Unavailable', 'renew them'],
    [
      'a field of somebody else',
      refused(409, 'Apply failed', {
        causes: [
          {
            reason: 'FieldManagerConflict',
            message: 'conflict with "kubectl-edit" using apps/v1',
            field: '.spec.replicas',
          },
        ],
      }),
      'Conflict',
      '.spec.replicas by "kubectl-edit"',
    ],
    ['a version that is too old', refused(410, 'Expired'), 'Unavailable', 'Expired'],
    ['an overloaded server', refused(503, 'etcd'), 'Unavailable', 'etcd'],
    ['a server that is down', coded('ECONNREFUSED'), 'Unavailable', 'does not answer'],
    ['a server that is slow', coded('UND_ERR_HEADERS_TIMEOUT'), 'Timeout', 'does not answer'],
    [
      'a certificate that has expired',
      coded('CERT_HAS_EXPIRED'),
      'Unavailable',
      'its certificate has expired: renew it',
    ],
    ['a certificate from the future', coded('CERT_NOT_YET_VALID'), 'Unavailable', 'check the clocks'],
    ['a certificate of somebody else', coded('SELF_SIGNED_CERT_IN_CHAIN'), 'InvalidInput', 'authority is unknown'],
  ])('%s', (_, error, type, text) => {
    expect(error).toMatchObject({ type, message: expect.stringContaining(text) });
    expect(error.message).toContain('cluster "staging"');
  });

  it('asked too often: comes back when it is told to', () => {
    expect(refused(429, 'slow down', {}, 7)).toMatchObject({ type: 'RateLimited', nextRetryDelay: '7s' });
    expect(refused(429, 'slow down', { retryAfterSeconds: 3 })).toMatchObject({ nextRetryDelay: '3s' });
  });
});
