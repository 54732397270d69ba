/** As many times the rows of a table as its owner may still be asked to label. */
const most = 20;

/** How many times the rows of a table a number of labels is, where that is more than anyone will bring; else null. */
export function beyondReach(labels: number, rows: number): number | null {
  return rows > 0 && labels > most * rows ? Math.round(labels / rows) : null;
}
