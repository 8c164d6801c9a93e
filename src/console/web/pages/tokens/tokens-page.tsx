import { useState } from 'react';
import { useTokens } from '../../api/queries';
import { Icon } from '../../parts/icons';
import { PageHead, Panel } from '../../parts/panel';
import { Empty, Loaded } from '../../parts/states';
import { useRefusal } from '../../shell/session';
import { NewTokenDialog } from './new-token-dialog';
import { TokenItem } from './token-item';

/** With what services use the API in their own name. */
export function TokensPage() {
  const refusal = useRefusal('admin');
  const [isMaking, setMaking] = useState(false);
  return (
    <>
      <PageHead title="Tokens" lead="With these, services use the API in their own name, with the rights of one role.">
        {refusal === null ? (
          <button type="button" className="button primary" onClick={() => setMaking(true)}>
            <Icon name="key" />
            New token
          </button>
        ) : null}
      </PageHead>
      {refusal === null ? (
        <Tokens />
      ) : (
        <Empty icon="key" title="Tokens are for administrators">
          {refusal}
        </Empty>
      )}
      {isMaking ? <NewTokenDialog onClose={() => setMaking(false)} /> : null}
    </>
  );
}

function Tokens() {
  const query = useTokens();
  return (
    <Loaded query={query}>
      {({ tokens }) =>
        tokens.length === 0 ? (
          <Empty icon="key" title="No token yet" command="f0 token create ci --role operator --expires 30d">
            A pipeline, a bot or a dashboard needs one to ask for something. Make one here, or in the command line:
          </Empty>
        ) : (
          <Panel title={`${tokens.length} ${tokens.length === 1 ? 'token' : 'tokens'}`}>
            <ul>
              {tokens.map((token) => (
                <TokenItem key={token.id} token={token} />
              ))}
            </ul>
          </Panel>
        )
      }
    </Loaded>
  );
}
