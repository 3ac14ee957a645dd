// A Node function with the same clients as the Evens functions. It writes an item and sends a message, which is less
// work than a bet.
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

const dynamodb = new DynamoDBClient();
const sqs = new SQSClient();

async function handle() {
  const id = crypto.randomUUID();
  await dynamodb.send(
    new PutItemCommand({
      TableName: process.env.EVENS_TABLE,
      Item: { pk: { S: `NODE#${id}` }, sk: { S: "NODE" } },
    }),
  );
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: `${process.env.EVENS_QUEUE_URL_PREFIX}match-dead-letter.fifo`,
      MessageBody: "{}",
      MessageGroupId: id,
      MessageDeduplicationId: id,
    }),
  );
  return { statusCode: 202 };
}

// The same steps as the Node runtime, without its start.
const runtime = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
for (;;) {
  const next = await fetch(`${runtime}/invocation/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  await next.json();
  await fetch(`${runtime}/invocation/${id}/response`, { method: "POST", body: JSON.stringify(await handle()) });
}
