//! The endpoint as callers see it, through the real SDK.
//!
//! Every check is a plain function over an [`Endpoint`], and `checks!` lists them for each endpoint. They always run
//! against the embedded server, and against `SQS_TEST_ENDPOINT_URL` if set. Run them there from time to time, to verify
//! that the embedded server behaves like others.

mod access;
mod checks;
mod client;
mod external;
mod promptness;
mod protocol;
mod server;

macro_rules! checks {
    ($endpoint:path; $($module:ident: $($check:ident)*;)*) => {
        $($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                if let Some(endpoint) = $endpoint().await {
                    crate::endpoint::checks::$module::$check(&endpoint).await;
                }
            }
        )*)*
    };
}

macro_rules! all_checks {
    ($endpoint:path) => {
        checks! { $endpoint;
            ordering:
                a_group_in_flight_is_blocked
                a_later_message_in_flight_blocks_no_earlier_one
                a_run_of_one_group_comes_in_order
                one_receive_serves_several_groups
                many_pollers_keep_every_group_in_order
                one_message_after_another_is_neither_lost_nor_repeated;
            deduplication:
                a_repeat_is_answered_like_the_first_even_after_its_deletion
                equal_bodies_are_one_message_when_the_content_decides
                a_message_without_group_or_deduplication_id_is_refused;
            visibility:
                messages_return_in_order_when_their_timeout_ends
                a_changed_visibility_counts_from_the_change
                a_stale_handle_deletes_nothing
                a_queue_delays_its_messages;
            dead_letters:
                a_failing_message_goes_to_the_dead_letter_queue_with_its_group
                a_move_task_brings_messages_back_in_order;
            polling:
                a_poll_wakes_for_a_send_and_for_a_deletion
                an_empty_poll_lasts_as_long_as_asked;
            random:
                random_calls_come_to_what_the_rules_allow;
            batches:
                a_refused_message_leaves_the_rest_of_its_batch
                a_refused_deletion_leaves_the_rest_of_its_batch;
            description:
                counts_follow_the_messages
                attributes_travel_with_a_message
                errors_have_types;
        }
    };
}

mod embedded {
    all_checks!(crate::endpoint::server::embedded);
}

mod elsewhere {
    all_checks!(crate::endpoint::external::endpoint);
}
