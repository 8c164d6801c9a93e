import { type ReactNode, useId, useState } from 'react';
import { Dialog, DialogActions } from './dialog';
import { Failure } from './states';

export interface ReasonDialogProps {
  readonly title: string;
  readonly confirm: string;
  readonly tone?: 'accent' | 'bad';
  /** What will happen, before somebody makes it happen. */
  readonly children?: ReactNode;
  readonly hint: string;
  readonly send: (reason: string) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Whatever changes something asks why: the reason is in the timeline and in the audit trail for good. */
export function ReasonDialog({ title, confirm, tone = 'accent', children, hint, send, onClose }: ReasonDialogProps) {
  const [reason, setReason] = useState('');
  const [error, setError] = useState<Error | null>(null);
  const [sending, setSending] = useState(false);
  const id = useId();

  const submit = async () => {
    if (reason.trim() === '') return setError(new Error('A reason is needed: it goes into the audit trail.'));
    setSending(true);
    try {
      await send(reason.trim());
      onClose();
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown : new Error(String(thrown)));
      setSending(false);
    }
  };

  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {children}
        <div className="field">
          <label htmlFor={id}>Reason</label>
          <textarea
            id={id}
            rows={3}
            required
            maxLength={2000}
            data-autofocus
            value={reason}
            aria-describedby={`${id}-hint`}
            onChange={(event) => setReason(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void submit();
            }}
          />
          <p id={`${id}-hint`} className="small faint">
            {hint} <kbd>Ctrl</kbd> <kbd>Enter</kbd> sends.
          </p>
        </div>
        {error ? <Failure error={error} /> : null}
        <DialogActions
          onClose={onClose}
          send={confirm}
          tone={tone === 'bad' ? 'danger' : 'primary'}
          sending={sending ? 'Sending…' : null}
        />
      </form>
    </Dialog>
  );
}
