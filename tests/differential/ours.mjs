// The package's own filter as a boolean form.
import { compile } from "../../crates/wasm/pkg/index.js";
import { all, any, atom, not } from "./boolean.mjs";

/** The form of a query under the schema `any`; throws QueryError where it is none. */
export const ours = (text) => form(compile(text).toJSON());

function form(filter) {
  if (filter === "all") return all([]);
  if (filter.and) return all(filter.and.map(form));
  if (filter.or) return any(filter.or.map(form));
  if (filter.not) return not(form(filter.not));
  return leaf(filter.leaf);
}

function leaf({ in: target, is, exists }) {
  const field = target === "anywhere" ? undefined : target.paths[0];
  if (exists !== undefined) return atom(field, "exists");
  const { equals, one_of: oneOf, matches, between } = is.text;
  if (equals !== undefined) return atom(field, equals);
  if (oneOf) return any(oneOf.map((text) => atom(field, text)));
  if (between) {
    const end = (bound) => bound === "Unbounded" ? null : [bound.Included ?? bound.Excluded, "Included" in bound];
    return atom(field, between.map(end));
  }
  // A bare term is a part of any string: the stars around it are not the query's own.
  const pieces = field === undefined ? matches.slice(1, -1) : matches;
  return atom(field, pieces.map((piece) => piece.text ?? (piece === "any_run" ? "*" : "?")).join(""));
}
