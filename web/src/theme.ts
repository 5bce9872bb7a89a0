import { Accordion, Card, createTheme, type MantineColorsTuple, Title } from '@mantine/core';

/** Kelp green: what is well, and what can be done. */
const kelp: MantineColorsTuple = [
  '#e8f6f4',
  '#d3ebe7',
  '#a6d6cf',
  '#76c1b5',
  '#4fae9f',
  '#36a391',
  '#268f7e',
  '#177a6b',
  '#0b6459',
  '#074e46',
];

/** Coral: what was refused, and what cannot be undone. */
const coral: MantineColorsTuple = [
  '#fdeeec',
  '#f9d9d5',
  '#f2b1aa',
  '#ea877c',
  '#e36558',
  '#da4d3f',
  '#c73c2f',
  '#ad3025',
  '#96261c',
  '#7d1b13',
];

/** Sand: what deserves a look. */
const sand: MantineColorsTuple = [
  '#fdf4e3',
  '#f8e6c4',
  '#f0cd8b',
  '#e8b24f',
  '#dd9a25',
  '#c4821a',
  '#a66c13',
  '#87570e',
  '#6f470a',
  '#573706',
];

/** Shade 8 on white and shade 7 on dark keep 4.5 : 1 (WCAG 2.2 §1.4.3). */
export const theme = createTheme({
  colors: { kelp, coral, sand },
  primaryColor: 'kelp',
  primaryShade: { light: 8, dark: 7 },
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.75rem', lineHeight: '1.25' },
      h2: { fontSize: '1.15rem', lineHeight: '1.4' },
      h3: { fontSize: '1rem', lineHeight: '1.5' },
    },
  },
  components: {
    Title: Title.extend({ defaultProps: { textWrap: 'balance' } }),
    Card: Card.extend({ classNames: { root: 'card' } }),
    Accordion: Accordion.extend({ classNames: { item: 'card' } }),
  },
});
