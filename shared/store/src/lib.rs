//! The DynamoDB table: keys, items, every transaction.
