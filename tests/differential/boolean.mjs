// What two parsers' trees are compared as: AND, OR and NOT over atoms. Two forms are the same when they are the same
// function of their atoms; how they nest, flatten and drop does not matter.

/** A condition that is not made of others, as a text: equal texts are equal conditions. */
export const atom = (field, test) => ({ atom: `${field ?? "*"}:${JSON.stringify(test)}` });
export const not = (form) => ({ not: form });
export const all = (parts) => ({ all: parts });
export const any = (parts) => ({ any: parts });

function atoms(form, found = new Set()) {
  if (form.atom !== undefined) found.add(form.atom);
  for (const part of form.not ? [form.not] : form.all ?? form.any ?? []) atoms(part, found);
  return found;
}

function holds(form, truths) {
  if (form.atom !== undefined) return truths.has(form.atom);
  if (form.not) return !holds(form.not, truths);
  return form.all ? form.all.every((part) => holds(part, truths)) : form.any.some((part) => holds(part, truths));
}

/** Tried on every combination of true and false. */
export function same(one, other) {
  const names = [...atoms(other, atoms(one))];
  for (let combination = 0; combination < 2 ** names.length; combination += 1) {
    const truths = new Set(names.filter((_, place) => (combination >> place) & 1));
    if (holds(one, truths) !== holds(other, truths)) return false;
  }
  return true;
}
