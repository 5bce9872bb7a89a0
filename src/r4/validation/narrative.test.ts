import { expect, test } from 'vitest';
import { validate } from '../index.ts';

const rulesFor = (div: string) =>
  validate({ resourceType: 'Patient', text: { status: 'generated', div } }).map(({ rule }) => rule);
const inDiv = (content: string) => `<div xmlns="http://www.w3.org/1999/xhtml">${content}</div>`;

test.each([
  '<script>alert(1)</script>',
  '<p onclick="x()">a</p>',
  '<a href="javascript:alert(1)">a</a>',
  '<a href=" java\tscript:alert(1)">a</a>',
  '<a href="java&#115;cript:alert(1)">a</a>',
  '<a href="javascript&colon;alert(1)">a</a>',
  '<a href="data:text/html,x">a</a>',
  '<img src="vbscript:x"/>a',
  '<iframe src="http://a.org"></iframe>',
  '<svg/>a',
  '<P>a</P>',
])('a narrative does not carry %s', (content) =>
  expect(rulesFor(inDiv(content))).toEqual(['invariant:txt-1']),
);

test.each([
  '<p>a',
  'a</p>',
  '<p>a</div><div>',
  '<!-- <p>',
  '<p a>b</p>',
  '<p a=b>c</p>',
  '< p>a</p>',
  'a < b',
  ' \n',
  '<br/>',
])('a narrative is well-formed and has content: %j is not', (content) =>
  expect(rulesFor(inDiv(content))).toEqual(['invariant:txt-1']),
);

test('a narrative is one div', () => {
  expect(rulesFor('<p>a</p>')).toEqual(['invariant:txt-1']);
  expect(rulesFor(`${inDiv('a')}${inDiv('b')}`)).toEqual(['invariant:txt-1']);
  expect(rulesFor('a')).toEqual(['invariant:txt-1']);
});

test('a narrative of permitted elements is valid', () => {
  expect(rulesFor(inDiv('<!-- c --><p class="a">Pulse <b>61</b>/min &lt; 70 &#8211; ok<br/></p>'))).toEqual(
    [],
  );
  expect(rulesFor(inDiv('<a href="Patient?a=1&amp;b=2:3">x</a><a href="#n">y</a>'))).toEqual([]);
  expect(rulesFor(inDiv("<img src='data:image/png;base64,AA==' alt='x'/>"))).toEqual([]);
});
