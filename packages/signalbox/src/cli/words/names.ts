/** Where a name may be cut: after a separator that models and groups are named with. */
const separator = /[/:_\-\s.]/;

/** Names as long as this are shown in full. */
const most = 24;

/**
 * Shows names without what all of them begin and end with, where the longest is too long for a column:
 * `…mistral-7b…` of `organisation/mistral-7b-instruct`. Different names stay different.
 */
export function shorter(names: readonly string[]): (name: string) => string {
  const longest = Math.max(0, ...names.map((name) => name.length));
  if (names.length < 2 || longest <= most) return (name) => name;
  const start = shared(names);
  const end = shared(names.map((name) => reversed(name.slice(start))));
  return (name) => {
    if (!names.includes(name)) return name;
    const kept = name.slice(start, name.length - end);
    return kept === '' ? name : `${start > 0 ? '…' : ''}${kept}${end > 0 ? '…' : ''}`;
  };
}

const reversed = (text: string): string => [...text].reverse().join('');

/** Length of the longest common beginning that ends with a separator. */
function shared(names: readonly string[]): number {
  const [first = '', ...rest] = names;
  let length = 0;
  for (let i = 0; i < first.length && rest.every((name) => name[i] === first[i]); i++) {
    if (separator.test(first[i]!)) length = i + 1;
  }
  return length;
}
