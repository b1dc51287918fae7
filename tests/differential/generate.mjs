// Queries of the grammar that both share, from a seed: terms, fields, quotes, ranges, groups, AND, OR, NOT, signs.

/** Numbers below `n`, the same for the same seed (xorshift32). */
export function random(seed) {
  let state = seed >>> 0 || 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

const WORDS = ["a", "b", "c", "d-e", "2018-12-10", "x.y", "auth0|1"];
const FIELDS = ["f", "g", "f.g"];
// A reversed range is an error here; the package has no errors of that kind.
const BOUNDS = [["a", "b"], ["1", "5"], ["*", "c"], ["2018-12-10", "*"]];

export function query(pick, depth = 2) {
  const one = (list) => list[pick(list.length)];
  const value = () => {
    switch (pick(4)) {
      case 0: return `"${one(WORDS)} ${one(WORDS)}"`;
      case 1: return `"${one(WORDS)} \\"${one(WORDS)}"`;
      default: return one(WORDS);
    }
  };
  const fielded = () => {
    const field = one(FIELDS);
    const [low, high] = one(BOUNDS);
    switch (pick(6)) {
      case 0: return `${field}:*`;
      case 1: return `${field}:${one(WORDS)}*`;
      case 2: return `${field}:${one("[{")}${low} TO ${high}${one("]}")}`;
      case 3: return `${field}:(${one(WORDS)} ${one(["OR", "AND", "AND NOT"])} ${one(WORDS)})`;
      default: return `${field}:${value()}`;
    }
  };
  const operand = () => {
    if (depth > 0 && pick(4) === 0) return `(${query(pick, depth - 1)})`;
    return pick(2) ? fielded() : value();
  };
  const many = 1 + pick(3);
  const some = (make) => Array.from({ length: many }, make);
  // One operator in a group: the package has no precedence. `+` and `-` before bare terms alone: before a field it takes
  // them for a part of the name, and before a group it has none.
  switch (pick(3)) {
    case 0: return some(operand).join(` ${one(["AND", "&&"])} `);
    case 1: return some(operand).join(` ${one(["OR", "||"])} `);
    default: return some(() => (pick(2) ? one(["+", "-", "", ""]) + value() : operand())).join(" ");
  }
}
