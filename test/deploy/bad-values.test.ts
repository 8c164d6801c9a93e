import { leastValues, refusal } from './chart';
import { describeWith } from './tools';

describeWith('helm', 'bad values', (helm) => {
  it.each([
    [
      'a name that does not exist',
      { temporal: { adress: 'x:1' } },
      /at '\/temporal': additional properties 'adress' not allowed/,
    ],
    [
      'a number as text',
      { pools: { worker: { replicas: 'five' } } },
      /'\/pools\/worker\/replicas': got string, want integer/,
    ],
    [
      'an unknown queue',
      { pools: { worker: { taskQueues: ['f0-deploi'] } } },
      /'\/pools\/worker\/taskQueues\/0': value must be one of/,
    ],
    ['an unknown router', { targets: { routers: ['traefik'] } }, /'gateway', 'istio', 'nginx'/],
    [
      'an address without a port',
      { temporal: { address: 'temporal' } },
      /'\/temporal\/address'.*does not match pattern/,
    ],
    ['half a pool', { pools: { mine: { enabled: true } } }, /'\/pools\/mine': missing properties 'taskQueues'/],
    ['root', { podSecurity: { userId: 0 } }, /'\/podSecurity\/userId': minimum: got 0, want 1/],
    ['a broken digest', { pools: { worker: { image: { digest: 'sha256:12' } } } }, /'\/pools\/worker\/image\/digest'/],
  ])('are refused: %s', (_, values, message) => {
    expect(refusal(helm, values)).toMatch(message);
  });

  it.each([
    ['no address', { ...leastValues, temporal: {} }, 'temporal.address is empty'],
    ['no database', { ...leastValues, database: {} }, 'pools.observer serves a queue that needs the database'],
    [
      'a queue that nobody serves',
      { ...leastValues, pools: { operate: null } },
      'no pool has the task queue f0-operate',
    ],
    [
      'certificates of no Secret',
      { ...leastValues, temporal: { address: 't:1', tls: { ca: true } } },
      'files of temporal.tls.existingSecret',
    ],
    [
      'fewer pods at most than at least',
      { ...leastValues, pools: { worker: { autoscaling: { enabled: true, maxReplicas: 2 } } } },
      'pools.worker.autoscaling.maxReplicas is 2, less than its replicas, 5',
    ],
    [
      'an update that cannot replace a pod',
      { ...leastValues, strategy: { maxSurge: 0, maxUnavailable: 0 } },
      'no pod could ever be replaced',
    ],
  ])('that need each other are refused: %s', (_, values, message) => {
    expect(refusal(helm, values)).toContain(message);
  });

  it('are all told at once', () => {
    const text = refusal(helm, {});
    expect(text).toContain('temporal.address');
    expect(text).toContain('pools.worker serves');
    expect(text).toContain('pools.observer serves');
  });
});
