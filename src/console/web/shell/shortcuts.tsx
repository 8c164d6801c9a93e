import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { Dialog } from '../parts/dialog';
import { usePages } from './session';

/** `g` waits this long for the letter that says where to. */
const chordMs = 1200;

const others = [
  { keys: ['/'], does: 'Search on this page' },
  { keys: ['j', 'k'], does: 'Next, previous entry of a list' },
  { keys: ['?'], does: 'This list' },
  { keys: ['Esc'], does: 'Close a dialog' },
] as const;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.closest('input, textarea, select, dialog') !== null || target.isContentEditable)
  );
}

// Letters alone as shortcuts are in the way of those who speak to their computer: they can be turned off (WCAG 2.1.4).
const offKey = 'f0-shortcuts-off';

function storedOff(): boolean {
  try {
    return localStorage.getItem(offKey) === 'yes';
  } catch {
    return false;
  }
}

function storeOff(off: boolean): void {
  try {
    localStorage.setItem(offKey, off ? 'yes' : 'no');
  } catch {
    // Kept for this page alone.
  }
}

/** Moves the focus along what a page marks as its entries. */
function step(by: 1 | -1): void {
  const entries = [...document.querySelectorAll<HTMLElement>('[data-entry]')];
  const at = entries.findIndex((entry) => entry.contains(document.activeElement));
  entries[at === -1 ? 0 : Math.min(entries.length - 1, Math.max(0, at + by))]?.focus();
}

export function Shortcuts({ open, setOpen }: { readonly open: boolean; readonly setOpen: (open: boolean) => void }) {
  const [, navigate] = useLocation();
  const pages = usePages();
  const [chord, setChord] = useState(0);
  const [off, setOff] = useState(storedOff);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (off || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (Date.now() - chord < chordMs) {
        setChord(0);
        const page = pages.find(({ key }) => key === event.key);
        if (page) navigate(page.path);
        return;
      }
      if (event.key === 'g') setChord(Date.now());
      else if (event.key === '?') setOpen(true);
      else if (event.key === 'j') step(1);
      else if (event.key === 'k') step(-1);
      else if (event.key === '/') {
        event.preventDefault();
        document.querySelector<HTMLElement>('[data-search]')?.focus();
      }
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [chord, navigate, off, pages, setOpen]);

  if (!open) return null;
  return (
    <Dialog title="Keyboard shortcuts" onClose={() => setOpen(false)}>
      <dl className="shortcuts">
        {pages.map(({ title, key }) => (
          <div key={key}>
            <dt>
              <kbd>g</kbd> <kbd>{key}</kbd>
            </dt>
            <dd>{title}</dd>
          </div>
        ))}
        {others.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label className="check">
        <input
          type="checkbox"
          checked={!off}
          onChange={(event) => {
            setOff(!event.target.checked);
            storeOff(!event.target.checked);
          }}
        />
        Shortcuts are on
      </label>
    </Dialog>
  );
}
