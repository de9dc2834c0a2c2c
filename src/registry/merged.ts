// Two maps as one. Nearly nobody has fields of his own: what is empty is not copied, so that all who have none share one object.

export type Fields<T> = Readonly<Record<string, T>>;

/** What `over` has comes before what `one` has. */
export function merged<T>(one: Fields<T>, over: Fields<T>): Fields<T> {
  if (isEmpty(over)) return one;
  return isEmpty(one) ? over : { ...one, ...over };
}

function isEmpty(fields: object): boolean {
  for (const _ in fields) return false;
  return true;
}
