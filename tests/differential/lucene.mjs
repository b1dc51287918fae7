// The npm package `lucene`'s tree as a boolean form.
//
// Its tree has no precedence: each operator takes all that follows it on its right. Operators are read just as the tree
// has them; terms that stand next to each other are read together, with the meaning that `+` and `-` have in Lucene.
import parser from "lucene";
import { all, any, atom, not } from "./boolean.mjs";

const IMPLICIT = "<implicit>";

/** The form of a query; throws where the package refuses it. */
export const theirs = (text) => {
  const tree = parser.parse(text);
  return tree.left ? form(tree, undefined) : all([]);
};

function form(node, field) {
  if (!node.left) return leaf(node, field);
  const inner = node.field && node.field !== IMPLICIT ? node.field : field;
  // `NOT` at the start belongs to the first operand.
  const left = node.start === "NOT" ? { prefix: "-", form: form(node.left, inner) } : operand(node.left, inner);
  if (!node.right) return join([left]);
  if (node.operator === IMPLICIT || node.operator === "NOT") return join([left, ...adjacent(node, inner)]);
  const negated = node.operator.endsWith(" NOT");
  const right = negated ? not(form(node.right, inner)) : signless(operand(node.right, inner));
  const join2 = /^(AND|&&)/.test(node.operator) ? all : any;
  return join2([signless(left), right]);
}

/** What stands next to each other from the right of `node` on. */
function adjacent(node, field) {
  const { operator, right } = node;
  const chained = right.right && (right.operator === IMPLICIT || right.operator === "NOT") && !right.parenthesized && !right.field;
  const first = chained ? operand(right.left, field) : operand(right, field);
  if (operator === "NOT") first.prefix = "-";
  return chained ? [first, ...adjacent(right, field)] : [first];
}

const operand = (node, field) => ({ prefix: node.prefix ?? "", form: node.left ? form(node, field) : leaf(node, field) });

const signless = ({ prefix, form: inner }) => (prefix === "-" || prefix === "!" ? not(inner) : inner);

/** Terms next to each other: what must hold, what must not, and of the rest at least one where nothing must. */
function join(operands) {
  const of = (...prefixes) => operands.filter(({ prefix }) => prefixes.includes(prefix)).map(({ form: inner }) => inner);
  const required = of("+");
  const optional = of("");
  const some = required.length === 0 && optional.length > 0 ? [any(optional)] : required;
  return all([...some, ...of("-", "!").map(not)]);
}

function leaf(node, outer) {
  const field = node.field === IMPLICIT ? outer : node.field;
  if (node.term_min !== undefined) {
    const low = ["both", "left"].includes(node.inclusive);
    const high = ["both", "right"].includes(node.inclusive);
    const end = (text, inclusive) => (text === "*" ? null : [text, inclusive]);
    return atom(field, [end(node.term_min, low), end(node.term_max, high)]);
  }
  if (node.term === "*" && !node.quoted) return field === undefined ? all([]) : atom(field, "exists");
  // The tree keeps the backslashes.
  return atom(field, node.term.replace(/\\(.)/gs, "$1"));
}
