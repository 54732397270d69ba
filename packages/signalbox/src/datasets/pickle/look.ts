/** Whether a file begins as a pickle does: by its protocol, or as protocols 0 and 1 begin a dict or a list. */
export function isPickle(head: Uint8Array): boolean {
  if (head[0] === 0x80) return head[1]! >= 2 && head[1]! <= 5;
  return (
    /^(\(d|\(l|\}q|\]q)/.test(Buffer.from(head.subarray(0, 2)).toString('latin1')) && head.includes(0x0a)
  );
}

const most = 400;

/** Texts that stand at the beginning of a pickle, by any protocol, in their order; for looking, not for reading. */
export function textsAtStart(head: Uint8Array): string[] {
  const texts: string[] = [];
  for (let at = 0; at < head.length && texts.length < most; at++) {
    const length = lengthAt(head, at);
    if (length === undefined) continue;
    const text = Buffer.from(head.subarray(at + length.skip, at + length.skip + length.text)).toString(
      'latin1',
    );
    // Names are short words; anything else is data that looks like an instruction.
    if (!/^[\w .|:/-]{1,100}$/.test(text)) continue;
    texts.push(text);
    at += length.skip + length.text - 1;
  }
  return texts;
}

function lengthAt(
  head: Uint8Array,
  at: number,
): { readonly skip: number; readonly text: number } | undefined {
  const code = head[at];
  // SHORT_BINUNICODE and SHORT_BINSTRING, BINUNICODE, UNICODE.
  if (code === 0x8c || code === 0x55) return { skip: 2, text: head[at + 1] ?? 0 };
  if (code === 0x58 && head[at + 2] === 0 && head[at + 3] === 0 && head[at + 4] === 0)
    return { skip: 5, text: head[at + 1] ?? 0 };
  if (code !== 0x56) return undefined;
  const end = head.indexOf(0x0a, at);
  return end === -1 ? undefined : { skip: 1, text: end - at - 1 };
}
