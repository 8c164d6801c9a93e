import { useSyncExternalStore } from 'react';

export type ThemeChoice = 'system' | 'light' | 'dark';
const choices: readonly ThemeChoice[] = ['system', 'light', 'dark'];
const storageKey = 'f0-theme';
const dark = window.matchMedia('(prefers-color-scheme: dark)');

let choice = stored();
const listeners = new Set<() => void>();

/** Storage may be denied to a page; then the choice lives as long as the page. */
function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(storageKey);
    return choices.find((one) => one === value) ?? 'system';
  } catch {
    return 'system';
  }
}

function apply(): void {
  const isDark = choice === 'dark' || (choice === 'system' && dark.matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}

export function startTheme(): void {
  dark.addEventListener('change', apply);
  apply();
}

export function chooseTheme(next: ThemeChoice): void {
  choice = next;
  try {
    localStorage.setItem(storageKey, next);
  } catch {
    // Kept for this page alone.
  }
  apply();
  for (const listener of listeners) listener();
}

export function useTheme(): ThemeChoice {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => choice,
  );
}

export const nextTheme = (current: ThemeChoice): ThemeChoice =>
  choices[(choices.indexOf(current) + 1) % choices.length] ?? 'system';
