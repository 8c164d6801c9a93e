const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** `42 s`, `3 min 05 s`, `2 h 10 min`, `4 d 3 h`: two units at most. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < minute) return `${whole} s`;
  if (whole < hour) return pair(whole, minute, 'min', 1, 's');
  if (whole < day) return pair(whole, hour, 'h', minute, 'min');
  return pair(whole, day, 'd', hour, 'h');
}

function pair(seconds: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % big) / small);
  const whole = `${Math.floor(seconds / big)} ${bigName}`;
  return rest === 0 ? whole : `${whole} ${String(rest).padStart(2, '0')} ${smallName}`;
}

/** `12:04` or `1:02:09`, for clocks that count. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / hour), Math.floor((whole % hour) / minute), whole % minute];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function secondsBetween(from: string, to: string | number): number {
  return (typeof to === 'number' ? to : Date.parse(to)) / 1000 - Date.parse(from) / 1000;
}

/** `just now`, `5 min ago`, `in 2 h`. */
export function relative(at: string, now: number): string {
  const seconds = secondsBetween(at, now);
  if (Math.abs(seconds) < 5) return 'just now';
  const [words] = duration(Math.abs(seconds)).match(/^\S+ \S+/) ?? [''];
  return seconds > 0 ? `${words} ago` : `in ${words}`;
}

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const short = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const dayName = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

export const exactTime = (at: string): string => exact.format(new Date(at));
export const timeOfDay = (at: string): string => short.format(new Date(at));
export const dayOf = (at: string): string => dayName.format(new Date(at));
