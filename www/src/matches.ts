// Where the matches lie, growing while a log is still being read.

/** Pairs of byte offsets in one growing array: a million matches are 16 MB, not a million objects. */
export class Matches {
  #offsets = new Float64Array(256);
  #used = 0;

  /** How many matches there are. */
  get count(): number {
    return this.#used / 2;
  }

  /** Adds pairs of offsets, as a filter reports them. */
  append(found: Float64Array): void {
    const needed = this.#used + found.length;
    if (needed > this.#offsets.length) {
      const larger = new Float64Array(Math.max(needed, 2 * this.#offsets.length));
      larger.set(this.#offsets.subarray(0, this.#used));
      this.#offsets = larger;
    }
    this.#offsets.set(found, this.#used);
    this.#used = needed;
  }

  /** The first byte of a match and one past its last; nothing beyond the last match. */
  range(index: number): [start: number, end: number] | undefined {
    const at = 2 * index;
    if (index < 0 || at >= this.#used) return undefined;
    return [this.#offsets[at] ?? 0, this.#offsets[at + 1] ?? 0];
  }
}
