import { useState } from 'react';
import type { ApiToken } from '../../../api';
import { useRevokeToken } from '../../api/commands';
import { dayOf, exactTime, secondsBetween } from '../../format/time';
import { Ago } from '../../parts/ago';
import { Dialog, DialogActions } from '../../parts/dialog';
import { Icon } from '../../parts/icons';
import { useNow } from '../../parts/now';
import { Failure } from '../../parts/states';

/** Whoever uses it has to be told, and a new one brought to where it is used. */
const soonSeconds = 7 * 24 * 3600;
const minuteMs = 60_000;

export function TokenItem({ token }: { readonly token: ApiToken }) {
  const { name, role, by, createdAt, lastUsedAt } = token;
  const [isRevoking, setRevoking] = useState(false);
  return (
    <li className="token">
      <div>
        <h3>
          {name} <span className="chip">{role}</span>
        </h3>
        <p className="small soft">
          acts as <span className="mono">token/{name}</span>
        </p>
      </div>
      <dl className="token-facts small">
        <div>
          <dt>made</dt>
          <dd>
            <Ago at={createdAt} /> by {by}
          </dd>
        </div>
        <div>
          <dt>last used</dt>
          <dd>{lastUsedAt === null ? 'never' : <Ago at={lastUsedAt} />}</dd>
        </div>
        <div>
          <dt>valid</dt>
          <dd>
            <Validity token={token} />
          </dd>
        </div>
      </dl>
      <button
        type="button"
        className="button small-button"
        data-entry
        aria-label={`Revoke ${name}, made ${exactTime(createdAt)}`}
        onClick={() => setRevoking(true)}
      >
        Revoke
      </button>
      {isRevoking ? <RevokeDialog token={token} onClose={() => setRevoking(false)} /> : null}
    </li>
  );
}

function Validity({ token: { expiresAt } }: { readonly token: ApiToken }) {
  const now = useNow(minuteMs);
  if (expiresAt === null) return 'until it is revoked';
  const left = secondsBetween(new Date(now).toISOString(), expiresAt);
  if (left > soonSeconds)
    return (
      <time dateTime={expiresAt} title={exactTime(expiresAt)}>
        until {dayOf(expiresAt)}
      </time>
    );
  return (
    <span className={`trend tone-${left > 0 ? 'wait' : 'bad'}`}>
      <Icon name={left > 0 ? 'degraded' : 'failed'} />
      <span>
        {left > 0 ? 'ends' : 'ended'} <Ago at={expiresAt} />
      </span>
    </span>
  );
}

function RevokeDialog({ token: { id, name }, onClose }: { readonly token: ApiToken; readonly onClose: () => void }) {
  const revoke = useRevokeToken();
  return (
    <Dialog title={`Revoke ${name}`} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          revoke.mutate(id, { onSuccess: onClose });
        }}
      >
        <p>
          Requests with this token are refused from now on. That cannot be taken back: whoever uses it needs another
          one.
        </p>
        {revoke.error ? <Failure error={revoke.error} /> : null}
        <DialogActions
          leave="Keep it"
          leaveFirst
          onClose={onClose}
          send="Revoke"
          tone="danger"
          sending={revoke.isPending ? 'Revoking…' : null}
        />
      </form>
    </Dialog>
  );
}
