// Numbers as people read them.

const COUNT = new Intl.NumberFormat("en");

/** A count with its thousands apart. */
export function count(number: number): string {
  return COUNT.format(number);
}

/** A count and what is counted. */
export function counted(number: number, one: string, many: string): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** A size in bytes, in the unit that suits it. */
export function bytes(size: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const unit = Math.min(Math.floor(Math.log10(Math.max(size, 1)) / 3), units.length - 1);
  const value = size / 1000 ** unit;
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
