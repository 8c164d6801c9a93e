import { createArtifactStore } from '../../src/activities/artifacts';
import { createBuilders } from '../../src/activities/build/registry';
import { createSecretResolver } from '../../src/activities/secrets';
import { actions } from '../../src/definition';

describe('actions', () => {
  it('are those that there is a builder for: documents that pass can be built', () => {
    const builders = createBuilders({
      artifacts: createArtifactStore({ folder: '/nowhere' }),
      secrets: createSecretResolver({ env: {}, folder: '/nowhere' }),
      workFolder: '/nowhere',
    });

    expect(builders.map(({ provider, action }) => `${provider}/${action}`)).toEqual([...actions]);
  });
});
