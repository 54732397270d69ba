/**
 * A time as milliseconds since 1970: ISO 8601, with a blank for its `T`, without a zone in UTC, or a number of seconds.
 * @returns undefined for what is none
 */
export function timeIn(value: unknown): number | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.getTime();
  if (typeof value === 'number') return value > 0 && value < 1e11 ? 1000 * value : undefined;
  if (typeof value !== 'string') return undefined;
  const [, day, clock, zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(value.trim()) ??
    [];
  if (day === undefined) return undefined;
  const time = Date.parse(`${day}T${clock}${/^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone}`);
  return Number.isNaN(time) ? undefined : time;
}
