import { useSyncExternalStore } from 'react';

const phone = window.matchMedia('(max-width: 760px)');

/** The same width as in the stylesheets. */
export function useIsPhone(): boolean {
  return useSyncExternalStore(
    (listener) => {
      phone.addEventListener('change', listener);
      return () => phone.removeEventListener('change', listener);
    },
    () => phone.matches,
  );
}
