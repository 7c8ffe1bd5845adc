/** The coffer: a strong-box seen from the front, its lock in brass. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className}>
      <path
        d="M4 13.5C4 8.8 7.8 5 12.5 5h7C24.2 5 28 8.8 28 13.5V24a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3z"
        className="fill-accent"
      />
      <path d="M4 15h24" className="stroke-on-accent" strokeWidth="1.75" opacity=".55" />
      <path d="M10 5.6V27M22 5.6V27" className="stroke-on-accent" strokeWidth="1.5" opacity=".28" />
      <rect x="12.5" y="11.5" width="7" height="8.5" rx="2" className="fill-brass" />
      <path d="M16 14.4v2.8" className="stroke-canvas" strokeWidth="1.75" strokeLinecap="round" />
    </svg>
  )
}
