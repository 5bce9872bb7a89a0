import { createTheme, type MantineColorsTuple } from '@mantine/core';

const kelp: MantineColorsTuple = [
  '#e8f6f4', '#d3ebe7', '#a6d6cf', '#76c1b5', '#4fae9f', '#36a391', '#268f7e', '#177a6b', '#0b6459', '#074e46',
];

/** Kelp green on white; shade 8 keeps 4.5 : 1 on buttons (WCAG 2.2 §1.4.3). */
export const theme = createTheme({
  colors: { kelp },
  primaryColor: 'kelp',
  primaryShade: { light: 8, dark: 7 },
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  headings: { fontWeight: '600' },
});
