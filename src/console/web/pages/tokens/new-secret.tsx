import { useEffect, useId, useRef, useState } from 'react';
import type { NewApiToken } from '../../../api';
import { dayOf } from '../../format/time';
import { Icon } from '../../parts/icons';

type Copied = 'not-yet' | 'done' | 'refused';

/** Shown this once: nobody can look it up later, we neither. */
export function NewSecret({
  made: { token, secret },
  onClose,
}: {
  readonly made: NewApiToken;
  readonly onClose: () => void;
}) {
  const [copied, setCopied] = useState<Copied>('not-yet');
  const field = useRef<HTMLInputElement>(null);
  const copyButton = useRef<HTMLButtonElement>(null);
  const id = useId();
  // The form that had the focus is gone.
  useEffect(() => copyButton.current?.focus(), []);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret);
      setCopied('done');
    } catch {
      // Not over plain http from another machine, and not where the browser says no.
      field.current?.select();
      setCopied('refused');
    }
  };

  return (
    <div className="stack">
      <p className="notice tone-wait">
        <Icon name="degraded" />
        <span>
          <strong>It is shown this once.</strong> Copy it to where it is used. If it gets lost, revoke it and make
          another.
        </span>
      </p>
      <div className="field">
        <label htmlFor={id}>Token</label>
        <div className="secret">
          <input
            id={id}
            ref={field}
            className="mono"
            readOnly
            value={secret}
            onFocus={(event) => event.target.select()}
          />
          <button ref={copyButton} type="button" className="button primary" onClick={() => void copy()}>
            <Icon name={copied === 'done' ? 'succeeded' : 'copy'} />
            {copied === 'done' ? 'Copied' : 'Copy'}
          </button>
        </div>
        <p className="small soft" role="status">
          {copied === 'done' ? 'It is in the clipboard.' : null}
          {copied === 'refused'
            ? 'The browser keeps the clipboard from this page. It is selected: press Ctrl C.'
            : null}
        </p>
      </div>
      <p className="small soft">
        Role {token.role}, valid {token.expiresAt === null ? 'until it is revoked' : `until ${dayOf(token.expiresAt)}`}.
        A service sends it in the header <span className="mono">Authorization: Bearer</span>.
      </p>
      <div className="row dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          I have it
        </button>
      </div>
    </div>
  );
}
