import { channel, notification, notifyRig } from './support';

describe('the console channel', () => {
  it('is one line in the log, with the message constant and everything else as data', async () => {
    const rig = notifyRig();

    await rig.send(channel({}), 'the/key');

    expect(rig.lines).toEqual([
      { level: 'info', data: { key: 'the/key', channel: 'ops', ...notification }, message: 'notification' },
    ]);
  });
});
