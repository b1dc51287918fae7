// The project's name with its mark: three bars that narrow, as entries do in a sieve.
export function Wordmark() {
  return (
    <span class="wordmark">
      <svg viewBox="0 0 26 20" width="26" height="20" aria-hidden="true">
        <path d="M2 3h22M6 10h14M10 17h6" stroke="currentColor" stroke-width="3.4" stroke-linecap="round" />
      </svg>
      Trailsift
    </span>
  );
}
