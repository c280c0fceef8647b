// The one list of targets, by the name that stands in a world.

import type { Delivery, PostStep, TargetAdapter, TargetStep } from '../../domain/world/contract.ts';
import { gohighlevel } from './crm/gohighlevel.ts';
import { hubspotForm } from './crm/hubspot-form.ts';
import { hubspot } from './crm/hubspot.ts';
import { salesforceWeb } from './crm/salesforce-web.ts';
import { salesforce } from './crm/salesforce.ts';
import { email } from './email/email.ts';
import { googleSheets } from './google-sheets.ts';
import { httpTarget } from './http-target.ts';
import { jsonTarget } from './json-target.ts';
import type { NamedField, TargetKind } from './kind.ts';
import type { Target } from './target.ts';
import { sftp } from './sftp.ts';
import { twilioSms } from './twilio-sms.ts';
import { webhook } from './webhook.ts';

export const TARGETS: Readonly<Record<TargetAdapter, TargetKind>> = {
  webhook,
  salesforce,
  salesforce_web: salesforceWeb,
  hubspot,
  hubspot_form: hubspotForm,
  gohighlevel,
  google_sheets: googleSheets,
  twilio_sms: twilioSms,
  email,
  sftp,
};

/** The target that the step of a delivery names, with the step's settings. */
export function targetOf(step: Delivery['step']): Target {
  if (isTargetStep(step)) return TARGETS[step.adapter].bind(step.options);
  return step.adapter === 'http' ? httpTarget(step) : jsonTarget(step);
}

/** The fields of the vertical that the options of a step name. */
export function fieldsNamedBy(step: Delivery['step'] | PostStep): readonly NamedField[] {
  return isTargetStep(step) ? TARGETS[step.adapter].fieldsIn(step.options) : [];
}

/** The step is a push into one kind of receiver. */
export function isTargetStep(step: Delivery['step'] | PostStep): step is TargetStep {
  return 'options' in step && Object.hasOwn(TARGETS, step.adapter);
}
