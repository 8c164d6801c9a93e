/** A release on its way through a ring: the zero of the name. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" className="mark-ground" />
      <circle cx="16" cy="16" r="7.200" className="mark-line" />
      <path d="M3.500 16h5.300M23.200 16h5.300" className="mark-line" />
      <circle cx="16" cy="16" r="2.500" className="mark-dot" />
    </svg>
  );
}
