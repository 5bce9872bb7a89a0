import { InvalidArgumentError } from 'commander';

/** Reads an option that is a whole number between two bounds, both included. Its result throws commander's error for anything else. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}
