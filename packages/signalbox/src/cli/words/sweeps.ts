import type { SweepsResult } from '../../core/results-sweeps.ts';
import { bracket, count, fixed } from './numbers.ts';

type Swept = SweepsResult[number];

/** What quality is traded for. */
export const against = (price: Swept['price']): string => (price === 'both' ? 'cost and latency' : price);

/** What routers swept by their own parameters come to, as the title of what shows it. */
export function sweepsSaid(all: SweepsResult): string {
  const sure = all.filter(({ aiqLift }) => aiqLift.low > 0);
  const [best] = [...(sure.length > 0 ? sure : all)].sort((a, b) => b.aiqLift.value - a.aiqLift.value);
  if (best === undefined) return 'Routers swept by their own parameters';
  const write = (x: number): string => fixed(x, 3);
  const where = best.price === 'cost' ? '' : ` against ${against(best.price)}`;
  const by = `${best.router}${where}, by an AIQ of ${write(best.aiqLift.value)} ${bracket(best.aiqLift, write)}`;
  const many = sure.length === 0 ? 'none' : sure.length === all.length ? 'each' : count(sure.length);
  return `Of ${count(all.length)} sweeps by a router’s own parameter ${many} ${sure.length > 1 && many !== 'each' ? 'lie' : 'lies'} above the mix of single models beyond noise; the highest is ${by}`;
}
