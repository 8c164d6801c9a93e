import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Icon } from './icons';

/** A modal one: the browser keeps the focus in it, Escape closes it, and the focus goes back to where it was. */
export function Dialog({
  title,
  onClose,
  children,
  variant = 'box',
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly variant?: 'box' | 'drawer';
}) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = element.current;
    if (!dialog) return undefined;
    const before = document.activeElement;
    dialog.showModal();
    dialog.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => {
      dialog.close();
      // What was left by its own doing, a question that is answered, is not there to go back to.
      const back = before?.isConnected ? before : document.getElementById('main');
      if (back instanceof HTMLElement) back.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      className={`dialog ${variant}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header className="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" className="button quiet icon-button" onClick={onClose} aria-label="Close">
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}

/** The two ends of a question: leave it, or send it. While it is on its way its button says so and sends nothing more. */
export function DialogActions({
  leave = 'Cancel',
  leaveFirst = false,
  onClose,
  send,
  tone = 'primary',
  sending,
}: {
  readonly leave?: string;
  /** Where sending cannot be taken back, Enter must not do it unread. */
  readonly leaveFirst?: boolean;
  readonly onClose: () => void;
  readonly send: string;
  readonly tone?: 'primary' | 'danger';
  /** The words while it is on its way; null: it is not. */
  readonly sending: string | null;
}) {
  return (
    <div className="row dialog-actions">
      <button type="button" className="button" data-autofocus={leaveFirst || undefined} onClick={onClose}>
        {leave}
      </button>
      <button type="submit" className={`button ${tone}`} disabled={sending !== null}>
        {sending ?? send}
      </button>
    </div>
  );
}
