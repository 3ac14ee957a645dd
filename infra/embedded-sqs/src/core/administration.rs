//! Creating, finding, describing, changing and removing queues.

use std::collections::BTreeMap;

use super::{
    Core,
    answers::QueueNames,
    attributes::{Attributes, is_attribute_name},
    journal::Change,
    limits::{PURGE_PAUSE_SECONDS, QUEUE_NAME_CHARACTERS_MAX, TAGS_MAX},
    queue::{Queue, QueueId, QueueRecord},
    refusal::Refusal,
    requests::{
        CreateQueue, GetQueueAttributes, ListQueues, OnQueue, QueueName, SetQueueAttributes, TagQueue,
        UntagQueue,
    },
    time::Timestamp,
};

const PAGE_MAX: u32 = 1000;

impl Core {
    /// Creates a queue and returns its name. An existing queue with the same attributes is returned unchanged.
    pub fn create_queue(&mut self, request: CreateQueue, now: Timestamp) -> Result<String, Refusal> {
        let now = self.tick(now);
        let name = request.queue_name;
        let is_fifo = check_type(&name, &request.attributes)?;
        if let Some(existing) = self.names.get(&name).and_then(|id| self.queues.get(id)) {
            return existing.check_same(&request.attributes).map(|()| name);
        }
        let attributes = Attributes::new(is_fifo).with(&request.attributes)?;
        self.check_redrive(&name, &attributes)?;
        check_tags(&request.tags)?;

        let id = QueueId(self.journal.next_number());
        let record = QueueRecord {
            id,
            name: name.clone(),
            attributes,
            tags: request.tags,
            created_at: now,
            modified_at: now,
            purged_at: None,
        };
        self.journal.write(Change::PutQueue(record.clone()));
        self.queues.insert(id, Queue::new(record));
        self.names.insert(name.clone(), id);
        Ok(name)
    }

    /// Deletes a queue with everything in it. Its name can be used again at once.
    pub fn delete_queue(&mut self, request: &OnQueue) -> Result<(), Refusal> {
        let id = self.queue_id(&request.queue)?;
        self.names.remove(&request.queue.0);
        self.queues.remove(&id);
        self.move_tasks.retain(|_, task| task.source != id);
        self.journal.write(Change::DeleteQueue(id));
        // Waiting pollers find that the queue is gone.
        self.journal.wake(id);
        Ok(())
    }

    /// Drops all messages of a queue.
    pub fn purge_queue(&mut self, request: &OnQueue, now: Timestamp) -> Result<(), Refusal> {
        let (queue, journal, now) = self.open(&request.queue, now)?;
        if queue.record.purged_at.is_some_and(|purged_at| now < purged_at.plus_seconds(PURGE_PAUSE_SECONDS)) {
            return Err(Refusal::PurgeInProgress(request.queue.0.clone()));
        }
        queue.record.purged_at = Some(now);
        queue.purge(journal);
        journal.write(Change::PutQueue(queue.record.clone()));
        Ok(())
    }

    /// A page of the names that begin with a prefix.
    pub fn list_queues(&self, request: &ListQueues) -> Result<QueueNames, Refusal> {
        page(self.names.keys().filter(|name| name.starts_with(&request.queue_name_prefix)), request)
    }

    /// A page of the queues whose redrive policy names this one.
    pub fn list_dead_letter_source_queues(&self, request: &ListQueues) -> Result<QueueNames, Refusal> {
        self.queue_id(&request.queue)?;
        let arn = self.arn(&request.queue.0);
        let is_source = |name: &&String| self.names.get(*name).is_some_and(|id| self.sends_to(*id, &arn));
        page(self.names.keys().filter(is_source), request)
    }

    pub(crate) fn sends_to(&self, source: QueueId, target_arn: &str) -> bool {
        let policy = self.queues.get(&source).and_then(|queue| queue.record.attributes.redrive.as_ref());
        policy.is_some_and(|policy| policy.target_arn == target_arn)
    }

    /// The requested attributes, as texts.
    pub fn queue_attributes(
        &mut self,
        request: &GetQueueAttributes,
        now: Timestamp,
    ) -> Result<BTreeMap<String, String>, Refusal> {
        self.open(&request.queue, now)?;
        let names = &request.attribute_names;
        if let Some(unknown) = names.iter().find(|name| *name != "All" && !is_attribute_name(name)) {
            return Err(Refusal::InvalidAttributeName(unknown.clone()));
        }
        let is_wanted = |name: &str| names.iter().any(|wanted| wanted == "All" || wanted == name);
        let described = self.describe(&request.queue)?;
        Ok(described
            .into_iter()
            .filter(|(name, _)| is_wanted(name))
            .map(|(name, value)| (name.to_owned(), value))
            .collect())
    }

    fn describe(&self, name: &QueueName) -> Result<BTreeMap<&str, String>, Refusal> {
        let queue = self.queues.get(&self.queue_id(name)?).ok_or(Refusal::QueueDoesNotExist)?;
        let (record, counts) = (&queue.record, queue.counts());
        let mut texts = record.attributes.to_texts();
        texts.extend([
            ("QueueArn", self.arn(&record.name)),
            ("CreatedTimestamp", record.created_at.seconds().to_string()),
            ("LastModifiedTimestamp", record.modified_at.seconds().to_string()),
            ("ApproximateNumberOfMessages", counts.visible.to_string()),
            ("ApproximateNumberOfMessagesDelayed", counts.delayed.to_string()),
            ("ApproximateNumberOfMessagesNotVisible", counts.in_flight.to_string()),
        ]);
        Ok(texts)
    }

    /// Changes all the attributes, or none if one is invalid.
    pub fn set_queue_attributes(
        &mut self,
        request: &SetQueueAttributes,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (queue, ..) = self.open(&request.queue, now)?;
        let before = queue.record.attributes.clone();
        let attributes = before.with(&request.attributes)?;
        if attributes.redrive != before.redrive {
            self.check_redrive(&request.queue.0, &attributes)?;
        }

        let (queue, journal, now) = self.open(&request.queue, now)?;
        let is_delay_changed = attributes.delay_seconds != before.delay_seconds;
        queue.record.attributes = attributes;
        queue.record.modified_at = now;
        journal.write(Change::PutQueue(queue.record.clone()));
        if is_delay_changed && queue.is_fifo() {
            queue.apply_delay(now, journal);
        }
        // Waiting pollers must recompute their deadlines.
        journal.wake(queue.id());
        Ok(())
    }

    /// A redrive policy may only name another existing queue of the same type that permits it.
    fn check_redrive(&self, name: &str, attributes: &Attributes) -> Result<(), Refusal> {
        let Some(policy) = &attributes.redrive else {
            return Ok(());
        };
        let refuse = |reason: &str| Err(Refusal::parameter("RedrivePolicy", policy.to_json(), reason));
        let source_arn = self.arn(name);
        let Some(target) = self.queue_of_arn(&policy.target_arn).filter(|_| policy.target_arn != source_arn)
        else {
            return refuse("Dead letter target does not exist.");
        };
        if target.is_fifo() != attributes.fifo.is_some() {
            return refuse("Dead-letter queue must be same type of queue as the source.");
        }
        let allow = target.record.attributes.redrive_allow.as_ref();
        if allow.is_some_and(|allow| !allow.allows(&source_arn)) {
            return refuse("Queue does not have permission to use the dead-letter queue.");
        }
        Ok(())
    }

    pub fn queue_tags(&self, request: &OnQueue) -> Result<BTreeMap<String, String>, Refusal> {
        let id = self.queue_id(&request.queue)?;
        Ok(self.queues.get(&id).map(|queue| queue.record.tags.clone()).unwrap_or_default())
    }

    /// Adds or overwrites tags.
    pub fn tag_queue(&mut self, request: TagQueue, now: Timestamp) -> Result<(), Refusal> {
        let (queue, journal, _) = self.open(&request.queue, now)?;
        let mut tags = queue.record.tags.clone();
        tags.extend(request.tags);
        check_tags(&tags)?;
        queue.record.tags = tags;
        journal.write(Change::PutQueue(queue.record.clone()));
        Ok(())
    }

    /// Removes tags. Unknown tags are ignored.
    pub fn untag_queue(&mut self, request: &UntagQueue, now: Timestamp) -> Result<(), Refusal> {
        let (queue, journal, _) = self.open(&request.queue, now)?;
        queue.record.tags.retain(|key, _| !request.tag_keys.contains(key));
        journal.write(Change::PutQueue(queue.record.clone()));
        Ok(())
    }
}

impl Queue {
    /// Checks that the attributes of a repeated creation equal those of the queue.
    fn check_same(&self, attributes: &BTreeMap<String, String>) -> Result<(), Refusal> {
        let wanted = self.record.attributes.with(attributes)?;
        if wanted == self.record.attributes {
            return Ok(());
        }
        let current = self.record.attributes.to_texts();
        let differs = |name: &&String| wanted.to_texts().get(name.as_str()) != current.get(name.as_str());
        let name = attributes.keys().find(differs).cloned().unwrap_or_default();
        Err(Refusal::QueueNameExists(name))
    }
}

/// Returns `true` for a FIFO queue. Name and attribute must agree.
fn check_type(name: &str, attributes: &BTreeMap<String, String>) -> Result<bool, Refusal> {
    if name.is_empty() {
        return Err(Refusal::MissingParameter("QueueName"));
    }
    let is_fifo = match attributes.get("FifoQueue").map(String::as_str) {
        None => false,
        Some("true") => true,
        // As on AWS, `true` is the only valid value.
        Some("false") => return Err(Refusal::InvalidAttributeName("FifoQueue".to_owned())),
        Some(_) => {
            return Err(Refusal::attribute("FifoQueue", "It must be true, or not be given."));
        }
    };
    let stem = if is_fifo { name.strip_suffix(".fifo") } else { Some(name) };
    let is_stem = |stem: &str| {
        !stem.is_empty()
            && stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    if stem.is_some_and(is_stem) && name.len() <= QUEUE_NAME_CHARACTERS_MAX {
        return Ok(is_fifo);
    }
    let reason = if is_fifo {
        "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length."
    } else {
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length."
    };
    Err(Refusal::parameter("QueueName", name, reason))
}

fn check_tags(tags: &BTreeMap<String, String>) -> Result<(), Refusal> {
    if tags.len() > TAGS_MAX {
        return Err(Refusal::parameter("Tags", tags.len(), "Too many tags added for queue: at most 50."));
    }
    let is_valid = |(key, value): (&String, &String)| (1..=128).contains(&key.len()) && value.len() <= 256;
    match tags.iter().find(|tag| !is_valid(*tag)) {
        Some((key, _)) => {
            Err(Refusal::parameter("Tags", key, "A key has 1 to 128 characters, a value at most 256."))
        }
        None => Ok(()),
    }
}

fn page<'a>(names: impl Iterator<Item = &'a String>, request: &ListQueues) -> Result<QueueNames, Refusal> {
    let size = super::receiving::in_range("MaxResults", request.max_results, PAGE_MAX, 1..=PAGE_MAX)?;
    let is_after = |name: &&String| request.next_token.as_ref().is_none_or(|token| *name > token);
    let mut names: Vec<String> = names.filter(is_after).take(size as usize + 1).cloned().collect();
    // Without a page size AWS answers the first thousand and no token.
    let has_more = names.len() > size as usize;
    names.truncate(size as usize);
    let next_token = names.last().filter(|_| has_more && request.max_results.is_some()).cloned();
    Ok(QueueNames { names, next_token })
}
