const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A share in [0, 1] as a bar of blocks; what is above zero shows at least its first eighth. */
export function bar(share: number, most: number): string {
  const clipped = Math.min(Math.max(share, 0), 1);
  const units = clipped > 0 ? Math.max(1, Math.round(clipped * most * 8)) : 0;
  return '█'.repeat(Math.floor(units / 8)) + eighths[units % 8]!;
}
