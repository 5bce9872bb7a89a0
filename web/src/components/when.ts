/** A time as people of this place write it. */
export const when = (time: string): string =>
  new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** A day as people of this place write it. */
export const onDay = (time: string): string =>
  new Date(time).toLocaleDateString(undefined, { dateStyle: 'medium' });
