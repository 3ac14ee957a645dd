//! The embedded engines: DynamoDB and SQS on loopback ports of this process.
