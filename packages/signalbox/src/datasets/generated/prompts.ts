import type { Rng } from '../../math/rng.ts';

/** What a made-up query is about, and what can be seen of it in the text. */
export interface PromptPlan {
  /** Topic, 0 to `topics.length - 1`. */
  readonly topic: number;
  /** Whether the query carries code marks and asks for some. */
  readonly code: boolean;
  /** How many further demands it makes, 0 to 4: its difficulty. */
  readonly level: number;
}

interface Topic {
  readonly name: string;
  readonly things: readonly string[];
  readonly asks: readonly string[];
}

/** Subjects of made-up queries; `#` stands for a thing, `@` for a number. */
export const topics: readonly Topic[] = [
  {
    name: 'arithmetic',
    things: ['apples', 'train tickets', 'marbles', 'litres of paint', 'hours of work', 'tiles', 'loaves'],
    asks: [
      'A shop sells # at @ cents each and gives a discount of @ percent. What do @ of them cost?',
      'Two friends share @ # in the ratio @ to @. How many does each receive?',
      'If @ # last for @ days, how many are needed for @ days?',
    ],
  },
  {
    name: 'history',
    things: [
      'the Hanseatic League',
      'the Congress of Vienna',
      'the Silk Road',
      'the Meiji Restoration',
      'the Roman census',
      'the printing press',
    ],
    asks: [
      'Why did # matter to merchants and rulers in the @th year after it began?',
      'Describe how # changed the balance of power within @ decades.',
      'Which causes do historians name for #, and which of @ sources support them?',
    ],
  },
  {
    name: 'biology',
    things: [
      'mitochondria',
      'the liver of a frog',
      'bacterial membranes',
      'photosynthesis',
      'coral polyps',
      'messenger RNA',
    ],
    asks: [
      'What happens to # when the temperature rises by @ degrees?',
      'Explain the part that # plays in a cell that divides @ times.',
      'A sample shows # in @ of @ specimens. What does a biologist conclude?',
    ],
  },
  {
    name: 'law',
    things: [
      'a lease',
      'a warranty',
      'an oral contract',
      'a patent licence',
      'a non-disclosure agreement',
      'a mortgage',
    ],
    asks: [
      'A tenant and an owner disagree about # after @ months. Who is liable?',
      'May a court set aside # that was signed @ days too late?',
      'Which remedies does the injured party have if # is breached @ times?',
    ],
  },
  {
    name: 'cooking',
    things: ['sourdough', 'a lentil stew', 'custard', 'roast peppers', 'rice noodles', 'a plum cake'],
    asks: [
      'How long should I bake # for @ guests at @ degrees?',
      'My # came out too dry after @ minutes. What should I change?',
      'Suggest a menu for @ people around #, with what can be bought for @ euros.',
    ],
  },
  {
    name: 'travel',
    things: ['Lisbon', 'the Dolomites', 'Kyoto', 'the Scottish coast', 'Marrakesh', 'Patagonia'],
    asks: [
      'Plan @ days in # for a family with @ children.',
      'Is it better to reach # by train or by car if I have @ hours?',
      'What does a week in # cost for @ travellers who spend @ a day?',
    ],
  },
];

const demands = [
  'Consider that one of the numbers may be wrong and say which.',
  'Then compare your answer with the opposite assumption.',
  'Give the strongest objection and answer it.',
  'Finally, prove each step and state how sure you are of it.',
];

const codeAsks = [
  'Return `{"answer": ..., "reason": ...}` as JSON; the input is `const x = [@, @];`.',
  'Write a function `solve(x) { return x + @; }` and fill in its body.',
  'Use the table ```id;value\n@;@\n@;@``` and print one line of CSV.',
];
const proseAsks = [
  'Please answer in plain words, as in a letter to a friend.',
  'Keep to a few calm sentences that anyone can follow.',
  'Tell it as you would to somebody on the telephone.',
];

/** English-like text in which topic, code marks and difficulty can be seen, and much else varies. */
export function makePrompt({ topic, code, level }: PromptPlan, random: Rng): string {
  const { things, asks } = topics[topic]!;
  const pick = <T>(from: readonly T[]): T => from[random.int(from.length)]!;
  const sentences = [pick(asks), ...demands.slice(0, level), pick(code ? codeAsks : proseAsks)];
  return sentences
    .join(' ')
    .replaceAll('#', () => pick(things))
    .replaceAll('@', () => String(2 + random.int(97)));
}
