// What LinkedIn tells of a response to a form: its answers by the names of their questions.

import { refused, type Refused, type Told } from '../door.ts';
import { gathered } from '../values.ts';
import { looseName } from '../../values.ts';
import { toldOf, type Wanted } from './fetched.ts';
import { idOfUrn } from './linkedin.ts';
import { listOf, type Loose, looseOf, parseLoose, textOf } from './loose.ts';

/** A response, as told at the door of its account. `text` is the body of LinkedIn's answer. */
export function readLinkedinLead(text: string, wanted: Wanted): Told | Refused {
  const lead = parseLoose(text) ?? {};
  const { answers, consentResponses } = looseOf(lead['formResponse']);
  if (urnId(lead['id']) !== wanted.externalId || !Array.isArray(answers)) {
    return refused('unreadable', 'LinkedIn answered with something else than the response');
  }
  const { sponsoredLeadMetadata } = looseOf(lead['leadMetadata']);
  const campaign = urnId(looseOf(sponsoredLeadMetadata)['campaign']);
  const creative = urnId(looseOf(lead['associatedEntity'])['associatedCreative']);
  const form = looseOf(lead['form']);
  const answered = answersOf(answers, form, wanted.door.fields);
  return toldOf(wanted, {
    values: { ...hiddenOf(form, answered), ...answered },
    facts: [
      ['linkedin_form', urnId(lead['versionedLeadGenFormUrn'])],
      ['linkedin_form_name', form['name']],
      ['linkedin_lead_type', lead['leadType']],
      ['linkedin_campaign', campaign],
      ['linkedin_creative', creative],
      ['linkedin_submitted_at', lead['submittedAt']],
      ...consentsOf(consentResponses),
    ],
    subSource: campaign ?? creative,
    test: lead['testLead'] === true,
  });
}

const MOST_CONSENTS = 10;

function consentsOf(consents: unknown): [string, unknown][] {
  const boxes = listOf(consents).slice(0, MOST_CONSENTS).map(looseOf);
  return boxes.map((box) => [`linkedin_agreed_${textOf(box['consentId'])}`, box['accepted']]);
}

/**
 * Each answer by the name of its question; where a name comes twice, a list. Private addresses and
 * numbers come before those at work: the first that fits a field counts.
 */
function answersOf(answers: readonly unknown[], form: Loose, fields: Wanted['door']['fields']) {
  const asked = listOf(looseOf(form['content'])['questions']).map(looseOf);
  const questions = new Map(asked.map((question) => [textOf(question['questionId']), question]));
  const mapped = new Set(Object.keys(fields).map(looseName));
  const locale = localeOf(form);
  const told = answers.map(looseOf).flatMap(({ questionId, answerDetails }) => {
    const question = questions.get(textOf(questionId)) ?? {};
    const names = [...namesOf(question, locale), `question_${textOf(questionId)}`];
    const name = names.find((each) => mapped.has(looseName(each))) ?? names[0];
    const text = answerText(looseOf(answerDetails), { question, locale });
    return name === undefined || text === undefined ? [] : [[name, text] as const];
  });
  const isAtWork = ([name]: readonly [string, string]) => Number(name.startsWith('work_'));
  return gathered(told.toSorted((one, other) => isAtWork(one) - isAtWork(other)));
}

/** What a question goes by: `first_name` where LinkedIn knows its meaning, its name, its words. */
function namesOf(question: Loose, locale: string): string[] {
  const predefined = textOf(question['predefinedField'])?.toLowerCase();
  const names = [predefined, textOf(question['name']), wordsOf(question['question'], locale)];
  return names.filter((name) => name !== undefined);
}

/** The text; the words of the options that were chosen; whatever else it is, as JSON. */
function answerText(
  details: Loose,
  { question, locale }: { question: Loose; locale: string },
): string | undefined {
  const { textQuestionAnswer: typed, multipleChoiceAnswer: chosen } = details;
  if (typed !== undefined) return plainText(looseOf(typed)['answer']);
  const { options } = looseOf(chosen);
  if (!Array.isArray(options)) return plainText(chosen ?? details);
  const { multipleChoiceQuestionDetails } = looseOf(question['questionDetails']);
  const offered = listOf(looseOf(multipleChoiceQuestionDetails)['options']).map(looseOf);
  const words = new Map(offered.map(({ id, text }) => [textOf(id), wordsOf(text, locale)]));
  const texts = options.map((option: unknown) => {
    return words.get(textOf(option) ?? textOf(looseOf(option)['id'])) ?? plainText(option);
  });
  return texts.filter((text) => text !== undefined).join(', ') || undefined;
}

/** In the form's language, or else in the first that there is. */
function wordsOf(value: unknown, locale: string): string | undefined {
  const localized = looseOf(looseOf(value)['localized']);
  return textOf(localized[locale]) ?? Object.values(localized).map(textOf).find(Boolean);
}

function localeOf(form: Loose): string {
  const { language, country } = looseOf(form['creationLocale']);
  return `${textOf(language) ?? 'en'}_${textOf(country) ?? 'US'}`;
}

/** What the form adds to each answer. One that goes by the name of a question stands aside. */
function hiddenOf(form: Loose, answered: object): Record<string, string> {
  const taken = new Set(Object.keys(answered).map(looseName));
  const hidden = listOf(form['hiddenFields'])
    .map(looseOf)
    .flatMap(({ name, value }) => {
      const [known, text] = [textOf(name), plainText(value)];
      if (known === undefined || text === undefined) return [];
      return [[taken.has(looseName(known)) ? `hidden.${known}` : known, text]];
    });
  return Object.fromEntries(hidden) as Record<string, string>;
}

function plainText(value: unknown): string | undefined {
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return typeof value === 'boolean' ? String(value) : textOf(value);
}

function urnId(value: unknown): string | undefined {
  const urn = textOf(value);
  return urn === undefined ? undefined : idOfUrn(urn);
}
