import { GrafanaServer, token } from '../grafana/grafana-server';
import { deployment, endedAt, itTakesFaults, secret, startedAt } from './graph-support';
import { channel, notifyRig, only } from './support';

let server: GrafanaServer;
let url: string;

beforeEach(async () => {
  server = new GrafanaServer();
  url = await server.start();
});
afterEach(() => server.stop());

const grafana = () => channel({ type: 'grafana', url, secret });
const send = (told: ReturnType<typeof deployment>) => notifyRig({ GRAPHS: token }).send(grafana(), 'key', told);

describe('the Grafana channel', () => {
  it('marks a deployment once, and makes a region of it when it has ended', async () => {
    await send(deployment(null));
    expect(only(server.annotations)).toMatchObject({
      time: Date.parse(startedAt),
      tags: expect.arrayContaining(["app:o'shop", 'environment:production', 'release:1.1.0', 'outcome:running']),
    });
    expect(only(server.annotations)).not.toHaveProperty('timeEnd');

    await send(deployment('rolled_back'));

    const { tags = [], ...annotation } = only(server.annotations);
    expect(annotation).toMatchObject({ time: Date.parse(startedAt), timeEnd: Date.parse(endedAt) });
    expect(tags).toContain('outcome:rolled_back');
    expect(tags).not.toContain('outcome:running');
  });

  it('adds nothing when a try is made again', async () => {
    for (const outcome of [null, null, 'succeeded', 'succeeded', null] as const) await send(deployment(outcome));

    expect(only(server.annotations)).toMatchObject({
      timeEnd: Date.parse(endedAt),
      tags: expect.arrayContaining(['outcome:succeeded']),
    });
  });

  it('marks the whole of a deployment whose beginning it did not take', async () => {
    await send(deployment('failed'));

    expect(only(server.annotations)).toMatchObject({ time: Date.parse(startedAt), timeEnd: Date.parse(endedAt) });
  });

  it('tells deployments apart', async () => {
    await send(deployment(null));
    const { deployment: event, ...told } = deployment('succeeded');
    if (!event) throw new Error('no event');
    await send({ ...told, deployment: { ...event, id: 'deployment/team/shop/2' } });

    expect(server.annotations.map(({ timeEnd }) => timeEnd)).toEqual([undefined, Date.parse(endedAt)]);
  });

  it('says nothing in HTML that was not meant as such', async () => {
    await send(deployment('failed'));

    expect(only(server.annotations).text).toContain('&lt;over 1 min&gt;');
  });

  it('takes a page that is not of Grafana for a wrong address', async () => {
    server.fault = { status: 200, body: '<html>welcome</html>' };
    await expect(send(deployment(null))).rejects.toMatchObject({ type: 'InvalidInput' });
  });

  itTakesFaults(() => server, grafana, token);
});
