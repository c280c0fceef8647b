// What Sluice needs of a Temporal namespace, on our development server and on the operator's own.

import { Connection } from '@temporalio/client';
import type { ConnectionOptions } from '@temporalio/client';
import { reasonOf, StackError } from '../stack-error.ts';
import { searchAttributes } from './flags.ts';

/** One namespace of one server. */
export interface NamespaceTarget {
  readonly namespace: string;
  /** Address, TLS and API key, as the Temporal client takes them. */
  readonly connection: ConnectionOptions & { readonly address: string };
  /** Raises a shorter retention to this; absent, retention stays as its operator set it. */
  readonly retentionDays?: number;
}

const DAY_S = 86_400;
const KEYWORD = 2; // temporal.api.enums.v1.IndexedValueType
const NOT_FOUND = 5; // grpc.status
const ALREADY_EXISTS = 6;

/**
 * Makes sure that the namespace has our search attributes and, if asked, keeps histories long
 * enough. Safe to repeat, and from several processes at once. Throws `StackError` if the server
 * cannot be reached, has no such namespace, or does not let us.
 */
export async function prepareNamespace(target: NamespaceTarget): Promise<void> {
  const { namespace, connection: options, retentionDays } = target;
  const { address } = options;
  const connection = await Connection.connect({ connectTimeout: '10s', ...options }).catch(
    (error: unknown) => {
      throw new StackError(
        `no Temporal server answers at ${address}: ${reasonOf(error)}`,
        'Check TEMPORAL_ADDRESS, TLS and API key, or unset it for the embedded server.',
        { cause: error },
      );
    },
  );
  try {
    await connection.withDeadline(Date.now() + 15_000, async () => {
      if (retentionDays !== undefined) await raiseRetention(connection, namespace, retentionDays);
      await addSearchAttributes(connection, namespace);
    });
  } catch (error) {
    throw refused(error, target);
  } finally {
    await connection.close();
  }
}

/** True once the server works on requests. Never throws. */
export async function isServing(address: string): Promise<boolean> {
  const connection = Connection.lazy({ address });
  try {
    const { status } = await connection.withDeadline(Date.now() + 1_000, () =>
      connection.healthService.check({
        service: 'temporal.api.workflowservice.v1.WorkflowService',
      }),
    );
    return status === 1; // SERVING
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

async function raiseRetention(
  { workflowService }: Connection,
  namespace: string,
  retentionDays: number,
): Promise<void> {
  const { config } = await workflowService.describeNamespace({ namespace });
  const seconds = config?.workflowExecutionRetentionTtl?.seconds;
  const missing = retentionDays * DAY_S - Number(seconds ?? 0);
  if (!seconds || missing <= 0) return;
  const workflowExecutionRetentionTtl = { seconds: seconds.add(missing) };
  await workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl } });
}

async function addSearchAttributes(
  { operatorService }: Connection,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = searchAttributes.filter((name) => !(name in customAttributes));
  if (missing.length === 0) return;
  const wanted = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
  try {
    await operatorService.addSearchAttributes({ namespace, searchAttributes: wanted });
  } catch (error) {
    if (grpcCodeOf(error) !== ALREADY_EXISTS) throw error; // Another process was faster.
  }
}

function refused(error: unknown, { namespace, connection }: NamespaceTarget): StackError {
  const { address } = connection;
  if (grpcCodeOf(error) === NOT_FOUND) {
    return new StackError(
      `the Temporal server at ${address} has no namespace ${namespace}`,
      `Create it: temporal operator namespace create --address ${address} ` +
        `--retention 30d ${namespace}`,
      { cause: error },
    );
  }
  const names = searchAttributes.map((name) => `--name ${name} --type Keyword`).join(' ');
  return new StackError(
    `the namespace ${namespace} at ${address} cannot be prepared: ${reasonOf(error)}`,
    'Let somebody who may run "temporal operator search-attribute create ' +
      `--namespace ${namespace} ${names}".`,
    { cause: error },
  );
}

function grpcCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}
