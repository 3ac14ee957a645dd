//! One suite over every engine on which Evens can run.
//!
//! The tests are plain functions by topic, independent of the engine. The macro at the end lists them once per engine.
//! The books are checked after each of them.

#![cfg(test)]

mod accounts;
mod archived_periods;
mod attendance;
mod barred;
mod bonus;
mod books;
mod busy_players;
mod close_book;
mod corrupt;
mod cost;
mod debts;
mod deposits;
mod differential;
mod draw_match;
mod drawn_wins;
mod engine;
mod faults;
mod find_entries;
mod full_shard;
mod fund_wallet;
mod game_books;
mod game_fence;
mod game_scenario;
mod games;
mod history;
mod idle_period;
mod jackpot_books;
mod jackpot_days;
mod jackpot_proposals;
mod jackpot_steps;
mod jackpots;
mod join_bets;
mod layouts;
mod ledger_items;
mod limits;
mod lists;
mod live;
mod migrate;
mod misplaced;
mod moved;
mod observer;
mod operator_acts;
mod order_books;
mod order_corrupt;
mod order_cost;
mod order_items;
mod order_lists;
mod order_races;
mod order_scenario;
mod pages;
mod payees;
mod period_blocks;
mod phone_codes;
mod place_bet;
mod play_statistics;
mod rates;
mod raw;
mod recoveries;
mod referral;
mod refund_bet;
mod reports;
mod rounds;
mod scenario;
mod sessions;
mod settle_match;
mod sign_up;
mod staff_lists;
mod sweeps;
mod totals;
mod totals_cost;
mod turnover;
mod wallets;
mod withdrawals;

/// Lists the suite for one engine. Tests under `store` get a store, and keep the books clean. Tests under `engine` also
/// access the engine directly, to corrupt items. Tests under `definition` create and describe tables, and those under
/// `costs` compare the capacity that calls consume.
macro_rules! store_test_suite {
    ($engine:ident: $start:expr) => {
        mod $engine {
            store_test_suite!(@items $start);
            // Left out where a table consists of items only: it has no definition, deletes no expired items and reports
            // no costs.
            store_test_suite!(@tests $start, definition: {
                migrate: migrating_again_changes_nothing, parallel_migrations_create_one_table,
                    a_table_that_is_another_one_is_refused, a_store_without_a_table_is_rejected;
                rates: the_engine_deletes_expired_counters,
                    migrating_lets_the_engine_delete_and_changes_it_once;
            });
            store_test_suite!(@tests $start, costs: {
                lists: looking_for_an_opponent_costs_the_same_after_a_long_history;
                live: the_newest_announcements_cost_less_than_all;
                totals: a_round_is_added_up_once_for_all_viewers;
            });
        }
    };
    ($engine:ident with items only: $start:expr) => {
        mod $engine {
            store_test_suite!(@items $start);
        }
    };
    (@items $start:expr) => {
        store_test_suite!(@tests $start, store: {
            place_bet: places_a_bet, a_bet_opens_no_round, as_many_bets_of_a_player_wait_as_may,
                refuses_a_stake_above_the_balance, refuses_a_bet_in_a_closed_round,
                a_repeat_finds_the_first_bet_after_wallet_and_round_are_used_up,
                a_repeat_finds_the_first_bet_while_there_is_money_left, a_key_used_for_another_body_is_refused,
                two_racing_bets_of_one_wallet_are_both_placed,
                fifty_bets_of_a_wallet_for_ten_place_exactly_ten, two_hundred_repeats_of_a_key_debit_once,
                the_smallest_and_the_largest_stake_are_exact;
            fund_wallet: funds_once_per_order, a_funding_order_of_another_user_is_distinguished,
                parallel_repeats_of_an_order_credit_once,
                parallel_orders_of_a_new_wallet_are_all_credited, a_funding_beyond_the_balance_is_refused;
            join_bets: joins_equal_bets_in_full, a_join_takes_the_commission,
                a_refund_has_no_commission, the_rest_of_the_larger_bet_stays_unmatched,
                the_side_that_changed_is_named, the_same_join_in_parallel_happens_once,
                three_takers_at_once_take_three_different_candidates,
                a_match_that_is_drawn_at_once_is_paid_with_its_join,
                of_joins_at_once_for_one_winner_each_pays_or_only_joins,
                a_wallet_read_earlier_is_valid_until_it_is_written,
                a_payout_that_does_not_fit_is_left_to_the_settlement,
                a_match_without_a_draw_is_joined_and_not_paid;
            draw_match: a_second_draw_keeps_the_first, parallel_draws_agree_on_one,
                a_settled_match_is_not_drawn, a_match_that_is_not_there_is_corrupt;
            settle_match: settles_a_match_once, a_settlement_takes_the_commission,
                parallel_settlements_pay_once,
                an_undrawn_match_is_not_settled, an_outcome_that_was_not_fixed_is_not_paid,
                voids_a_match_once, a_settled_match_is_not_voided_nor_a_void_one_settled,
                of_settling_and_voiding_exactly_one_wins,
                many_settlements_of_the_same_two_wallets_all_happen,
                a_payout_beyond_the_winners_balance_is_not_made, a_match_whose_payout_fits_again_is_not_voided,
                a_repeat_finds_its_settlement_though_the_balance_is_full;
            refund_bet: refunds_a_bet_that_is_due_once, refunds_at_once_on_request_and_after_the_round,
                refunds_only_what_is_unmatched, parallel_refunds_give_back_once,
                a_refund_and_a_join_of_the_same_bet_never_both_take_it;
            rounds: a_round_is_opened_once, of_parallel_openings_one_is_written,
                every_state_and_draw_is_read_as_it_was_written, of_two_steps_at_once_one_is_made,
                open_rounds_are_listed_by_when_they_close,
                an_ended_round_is_listed_until_it_is_finished,
                a_round_that_moved_on_since_it_was_read_is_not_finished;
            close_book: a_closed_bet_is_neither_joined_nor_cancelled,
                a_book_is_closed_page_by_page_and_once, a_round_that_should_have_closed_is_listed;
            totals: a_second_look_within_a_second_adds_nothing_up, a_match_that_is_voided_leaves_the_sum;
            sweeps: every_waiting_bet_is_found_and_no_other, waiting_bets_of_many_rounds_are_found,
                every_unsettled_match_is_found_and_no_other,
                a_match_is_found_when_it_was_joined_before_that_time,
                matches_of_a_shard_are_found_oldest_first, matches_that_wait_for_their_round_are_not_found,
                an_empty_table_has_nothing_unfinished;
            lists: entries_are_listed_newest_first_page_by_page,
                bets_are_found_among_other_entries_page_by_page, bets_are_found_where_a_page_of_entries_ends,
                a_page_of_bets_looks_at_so_many_entries_and_goes_on,
                a_bet_is_seen_at_each_stage, locked_is_right_at_every_stage,
                unmatched_bets_are_listed_oldest_first_page_by_page, waiters_are_distinguished_from_the_asking_player, matches_are_listed_page_by_page, matches_of_a_bet_are_listed;
            sign_up: of_eight_sign_ups_for_one_number_one_is_made, a_line_with_two_numbers_has_one_account,
                of_eight_sign_ups_with_one_code_one_is_made, ten_sign_ups_at_once_do_not_disturb_each_other,
                the_same_call_again_is_signed_up, the_first_money_of_a_new_account_may_be_of_any_kind;
            bonus: eight_bonuses_at_once_are_one, a_referral_bonus_goes_to_the_referrer_once,
                bonuses_for_one_referrer_are_all_given, a_sweep_finds_exactly_those_that_owe,
                bonus_and_referral_at_once_are_both_done,
                no_more_bonuses_of_a_day_are_given_than_there_are, a_sign_up_waits_for_its_number,
                a_player_is_not_their_own_referrer, a_cap_keeps_one_level_from_its_bonus_alone;
            referral: a_hundred_referrals_of_one_referrer_at_once_are_all_counted,
                a_referral_that_is_asked_for_eight_times_counts_once, a_chain_that_is_made_at_once_is_whole,
                crossed_pairs_lose_no_referral, a_tree_that_was_kept_elsewhere_is_taken_over_once, two_referrers_with_crossed_referrals_count_exactly,
                referrals_are_listed_page_by_page;
            find_entries: entries_are_found_by_key_and_by_reference, entries_of_games_are_found_by_their_keys,
                wins_of_jackpots_and_adjustments_are_found_by_their_keys,
                entries_are_found_in_pages_that_were_put_away, a_transfer_is_found_by_its_key;
            operator_acts: an_operator_refunds_what_waits_once, an_operator_voids_what_is_joined_once,
                an_operator_undoes_no_draw, an_operator_undoes_no_result_that_is_public,
                an_operator_cancels_a_period_once, an_operator_sets_a_switch_once,
                an_operator_cancels_no_result, acts_at_once_are_lines_of_one_chain;
            sessions: each_token_is_good_once, a_token_that_comes_back_ends_its_family_and_no_other,
                a_session_ends_when_it_is_not_used, refreshes_at_once_get_one_successor,
                the_same_refresh_again_is_found, ended_sessions_are_gone,
                a_refresh_does_not_bring_an_ended_session_back,
                work_owed_since_a_login_is_found_until_it_is_done, owed_work_outlives_its_session,
                many_logins_owe_a_day_once_and_leave_few_sessions, the_least_recently_used_session_is_ended;
            accounts: no_bet_is_placed_after_its_player_was_blocked, no_bet_of_a_player_is_placed_after_they_got_a_role,
                a_login_is_recorded_unless_the_account_is_blocked, an_epoch_of_sessions_ends_once, no_bet_is_placed_after_the_sessions_were_ended, a_session_that_was_ended_changes_no_password, a_change_of_an_account_leaves_other_attributes,
                of_eight_changes_of_a_password_one_is_made;
            phone_codes: a_code_has_its_tries_and_its_time, a_number_is_proved_once,
                a_proved_number_makes_bonuses_due;
            recoveries: a_recovery_has_its_tries_and_its_time, a_recovery_sets_a_password_and_ends_all_sessions,
                of_recoveries_at_once_one_sets_the_password;
            attendance: days_are_listed_newest_first_across_months;
            deposits: a_deposit_is_opened_and_reserved_once, a_refused_deposit_is_not_opened,
                of_one_key_at_once_one_deposit_is_opened,
                deposits_at_once_are_all_reserved, a_payment_is_credited_once, of_reports_at_once_one_credits,
                credits_fundings_and_bonuses_at_once_all_happen, a_first_bonus_is_given_once,
                a_first_bonus_is_not_given_where_it_does_not_fit, one_payment_for_two_orders_is_put_aside_once,
                a_payment_beyond_the_wallet_goes_into_suspense,
                money_that_may_not_be_credited_is_put_aside_and_returned,
                a_payment_for_a_blocked_player_is_not_credited, a_deposit_ends_as_it_may_and_once,
                a_credited_deposit_is_given_back_or_taken_back, a_cashiers_refund_has_its_line,
                money_in_suspense_is_given_to_its_player_once;
            withdrawals: a_withdrawal_is_debited_when_it_is_asked_for, a_refused_withdrawal_is_not_requested,
                withdrawals_at_once_never_overdraw, a_blocked_player_requests_nothing, an_ended_session_requests_nothing, a_withdrawal_is_paid_once, a_second_payout_is_owed_once,
                an_agreed_resolution_is_carried_out_once, an_attempt_is_claimed_by_one, cancelling_or_claiming_exactly_one_wins,
                approvals_at_once_are_all_counted, a_withdrawal_is_given_back_once_whatever_led_to_it,
                a_return_beyond_the_balance_stays_in_withdrawals, withdrawals_and_bets_at_once_all_happen,
                an_order_of_the_other_direction_is_none;
            turnover: stakes_are_counted_from_the_ledger,
                stakes_of_a_repeated_pair_do_not_count, stakes_on_house_games_count_once_they_are_drawn,
                stakes_of_a_cancelled_period_do_not_count;
            debts: a_debt_is_given_up_once, a_wallet_is_put_right_once, a_players_identity_is_noted_once,
                a_debtor_or_held_player_places_no_bets;
            payees: of_eight_players_at_once_one_has_the_account, payees_at_once_are_as_many_as_may_be,
                payees_that_come_and_go_have_an_end, of_removing_and_withdrawing_one_is_first,
                an_account_that_was_removed_is_whose_it_is_next;
            order_races: a_deposit_that_came_further_meanwhile_is_decided_about_again,
                concurrent_changes_of_a_player_are_not_lost, a_player_blocked_meanwhile_is_not_credited,
                a_withdrawal_that_came_further_meanwhile_is_decided_about_again;
            order_lists: orders_are_listed_newest_first_page_by_page, a_list_shows_how_far_orders_have_come,
                orders_beyond_one_batch_are_listed, an_order_is_in_the_list_of_its_next_step,
                waiting_orders_are_listed_page_by_page, ended_withdrawals_are_listed_by_state_newest_first,
                a_checked_order_is_due_later, a_look_does_not_bring_an_order_back;
            staff_lists: ended_rounds_are_listed_by_their_end, the_newest_players_come_first,
                players_are_found_by_the_beginning_of_their_name, things_are_found_by_their_ids;
            reports: a_report_is_kept_once_for_each_statement, reports_are_listed_by_day_the_newest_first,
                facts_of_a_statement_are_booked_once,
                an_account_is_read_from_wallets_pages_and_transfers;
            barred: no_bet_of_a_barred_player_is_joined, no_join_of_a_barred_player_comes_after_the_answer,
                unmatched_bets_of_a_barred_player_are_found_and_refunded;
            limits: stakes_at_once_pass_no_limit, no_bet_is_placed_after_its_player_was_excluded,
                returned_money_lowers_the_sums_in_every_way_of_return, sums_are_counted_without_limits,
                changes_of_a_day_have_an_end, settings_at_once_are_all_made,
                limits_apply_to_a_player_without_a_wallet;
            games: a_period_is_opened_once, a_bonus_pays_first_and_wins_its_share,
                a_game_bet_is_repeated_and_its_key_not_reused,
                one_key_has_one_effect_over_both_kinds_of_bets, bets_at_once_keep_the_limits_of_a_player,
                behind_the_fence_no_bet_is_placed, each_winner_of_a_period_is_paid_once, many_winning_bets_of_a_player_are_paid_in_pages,
                workers_of_one_lane_at_once_pay_once, bets_that_were_paid_before_are_left_out,
                a_payout_beyond_the_balance_stays_owed, a_cancelled_period_gives_every_stake_back_once,
                a_players_own_bets_always_count_as_exposure,
                bets_by_the_exact_exposure_keep_the_limit_at_once, a_bet_that_had_to_wait_is_late,
                of_drawing_and_cancelling_one_happens, an_empty_period_ends_with_its_draw,
                a_period_is_listed_for_the_clock_and_then_for_its_lanes, lanes_at_once_end_their_period;
            jackpots: terms_are_compared_at_the_write, terms_give_nothing_away_that_is_there,
                a_group_takes_no_contributions_while_its_limit_comes_or_goes,
                a_contribution_is_made_once_and_to_all_groups_or_none,
                contributions_at_once_are_all_there, contributors_never_wait_for_a_win,
                a_pool_is_won_once_and_starts_again, part_of_a_pool_is_won, an_id_means_one_thing,
                of_wins_at_once_each_takes_what_is_there, terms_changed_in_play_hold_from_the_next_win,
                two_operators_award_what_is_much, a_pool_is_not_given_away_in_pieces,
                wins_are_listed_newest_first_page_by_page;
            drawn_wins: a_drawn_win_is_owed_once_and_begins_once, a_drawn_win_waits_for_the_win_that_holds_the_group,
                a_forced_win_that_need_not_be_is_owed_no_more,
                a_forced_win_is_owed_by_the_terms_of_its_period, a_win_beyond_the_balance_stays_owed,
                wins_beyond_one_answer_are_found;
            jackpot_days: contributions_by_route_bring_so_much_in_a_day,
                queued_and_fed_contributions_have_no_daily_limit_and_a_day_ends;
            jackpot_proposals: two_operators_change_terms,
                a_jackpot_is_opened_by_two, proposals_are_listed_until_they_are_made_or_lapse,
                proposals_of_who_is_no_operator_hide_no_others,
                a_lapsed_proposal_is_not_agreed_to;
            jackpot_steps: the_next_process_completes_a_win;
            archived_periods: an_archived_period_is_read_as_it_was, an_archived_period_keeps_its_block,
                a_slow_clock_changes_no_archived_period, a_late_bet_on_an_archived_period_is_refused,
                of_archiving_and_cancelling_one_happens, reads_beside_the_draw_find_the_period;
            period_blocks: a_block_is_kept_with_the_period_that_it_draws,
                of_blocks_at_once_one_is_recorded, of_a_block_and_a_cancellation_one_happens;
            full_shard: a_crowd_of_a_hundred_times_is_taken_or_refused;
            game_fence: bets_that_race_the_fence_are_in_or_refused;
            play_statistics: statistics_agree_with_money_at_every_stage,
                a_stake_that_came_back_counts_for_nothing, bets_beyond_one_answer_are_added_up,
                cached_statistics_are_read_while_they_are_valid;
            live: an_announcement_is_read_as_it_was_written;
            rates: a_thousand_requests_at_once_are_all_counted, counters_are_told_apart_and_take_leases;
        });
        store_test_suite!(@tests $start, engine: {
            staff_lists: an_old_account_is_listed_at_its_next_login;
            payees: an_account_is_one_players, an_account_is_freed_for_one_player,
                a_removed_payee_frees_its_place,
                a_payee_stays_while_a_withdrawal_is_unfinished;
            corrupt: every_missing_attribute_of_an_account_is_named,
                every_missing_attribute_of_what_stands_aside_is_named, a_counter_that_is_no_number_is_an_error,
                a_corrupt_account_is_named_by_each_step, an_epoch_of_zero_is_corrupt, every_missing_attribute_is_named, an_entry_that_cannot_be_is_named_by_its_item, an_unmatched_bet_that_lies_elsewhere_is_corrupt, a_wrong_value_is_named,
                a_sweep_passes_over_a_corrupt_item, a_round_is_listed_and_added_up_over_a_corrupt_item,
                bets_of_a_corrupt_wallet_are_only_joined, a_match_that_cannot_be_read_takes_no_ledger_away,
                a_missing_item_of_a_group_is_corrupt,
                a_place_is_found_without_the_secret_of_its_round;
            misplaced: an_item_under_another_key_is_no_record, an_item_in_a_wrong_place_of_the_index_is_named,
                an_account_that_owes_and_is_not_listed_is_named, a_match_that_has_ended_and_is_listed_is_named;
            history: pages_of_the_table_hold_each_item_once,
                a_ledger_is_loaded_in_parts_that_end_after_all_entries_of_one_time,
                the_progress_of_checks_is_kept;
            moved: movements_are_listed_by_their_hours, wallets_are_loaded_with_their_entries_since_a_time,
                entries_before_the_newest_come_with_them, a_ledger_without_a_page_hides_no_other_wallet,
                a_wallet_that_cannot_be_read_hides_no_other, records_are_loaded_by_their_names;
            wallets: a_wallet_is_the_same_by_sign_up_or_first_entry,
                first_fundings_into_a_wallet_of_an_account_are_all_credited,
                other_attributes_of_a_wallet_survive_every_movement,
                items_from_before_there_were_bonuses_are_read, entries_that_are_items_of_their_own_are_continued;
            totals: an_unfinished_turn_is_over_after_ten_seconds,
                a_clock_that_was_ahead_does_not_block_the_totals;
            observer: every_entry_and_every_draw_is_told_once, lost_races_are_told_with_what_was_attempted, each_change_is_observed_also_on_a_repeat,
                bets_on_games_and_the_ends_of_periods_are_told, orders_and_accounts_are_told,
                a_repeated_referral_bonus_tells_the_wallets_of_all_levels;
            pages: waiting_bets_beyond_one_answer_are_listed_summed_and_swept,
                matches_beyond_one_answer_are_listed_summed_and_swept,
                entries_and_bets_beyond_one_answer_are_listed,
                more_items_than_are_asked_for_at_once_are_all_found;
            sign_up: makes_an_account_of_five_items, a_hash_is_in_the_login_alone,
                a_sign_up_with_a_taken_name_changes_nothing, half_of_an_account_is_corrupt;
            bonus: a_bonus_is_what_was_promised, half_of_a_promise_is_corrupt, those_above_get_their_bonuses_once,
                a_bonus_is_recorded_as_the_old_system_did, a_bonus_of_nothing_only_moves_the_account,
                a_user_without_an_account_gets_no_bonus, a_bonus_beyond_the_balance_is_not_given,
                an_account_is_listed_until_nothing_is_owed, a_sweep_of_many_registrations_has_pages;
            referral: each_outcome_leaves_what_it_says, a_referral_that_cannot_be_is_corrupt;
            sessions: a_session_that_cannot_be_read_is_ended_like_the_others, no_token_is_stored;
            accounts: a_bet_that_is_refused_for_the_block_leaves_nothing, blocking_twice_is_blocking_once, a_wallet_without_an_epoch_refuses_no_session,
                a_user_without_an_account_is_not_changed;
            phone_codes: a_kept_code_expires;
            recoveries: an_account_that_may_not_be_recovered_is_not_changed, a_kept_recovery_expires;
            attendance: a_day_is_recorded_once, a_no_becomes_a_yes, days_beyond_one_answer_are_listed;
            deposits: a_limit_holds_against_deposits_at_once;
            order_lists: a_place_whose_order_is_gone_is_corrupt, a_sweep_passes_over_a_corrupt_order,
                a_sweep_of_many_orders_has_pages;
            limits: a_limit_is_stored_once_and_copied_to_the_wallet, limits_in_a_wallet_are_read,
                sums_of_an_old_wallet_begin_after_its_last_movement;
            ledger_items: a_ledger_is_written_as_it_always_was, a_ledger_that_was_written_is_read_and_continued,
                a_transfer_of_nothing_is_not_booked;
            jackpot_steps: a_pool_says_who_holds_it_and_since_when;
            order_items: a_deposit_is_written_as_it_always_was, a_withdrawal_is_written_as_it_always_was,
                a_cashier_record_is_read_in_full;
            order_corrupt: every_missing_attribute_of_an_order_is_named, a_wrong_value_of_an_order_is_named,
                a_corrupt_order_is_named_by_each_step,
                a_transfer_before_its_step_is_corrupt_and_not_tried_again, a_place_before_its_order_is_corrupt,
                an_order_that_is_not_listed_is_named, an_order_of_the_wrong_direction_is_corrupt;
            reports: an_account_is_read_in_full_while_its_players_play,
                a_report_or_an_account_that_cannot_be_read_is_an_error;
            idle_period: a_period_without_bets_leaves_no_shards, the_first_bet_of_a_shard_creates_it,
                bets_at_once_create_a_shard_once;
            archived_periods: a_period_without_bets_leaves_one_item, another_seed_is_not_deleted,
                a_cancelled_period_without_bets_keeps_its_items, a_period_of_three_items_stays_as_it_is,
                every_attribute_of_an_archived_period_is_read;
            full_shard: a_shard_takes_bets_until_it_is_full, a_full_shard_has_room_for_bets_at_once;
        });
    };
    (@tests $start:expr, $given:ident: { $($topic:ident: $($body:ident),+;)+ }) => {
        mod $given {
            $(mod $topic {
                $(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                    async fn $body() {
                        let Some(engine) = $start.await else { return };
                        store_test_suite!(@run $given, engine, crate::$topic::$body);
                    }
                )+
            })+
        }
    };
    (@run store, $engine:ident, $body:path) => {
        $body(&$engine.store).await;
        crate::books::check(&$engine.store).await;
    };
    (@run costs, $engine:ident, $body:path) => {
        $body(&$engine).await;
        crate::books::check(&$engine.store).await;
    };
    (@run $given:ident, $engine:ident, $body:path) => {
        $body(&$engine).await;
    };
}

store_test_suite!(embedded: async { Some(crate::engine::Engine::embedded().await) });
store_test_suite!(direct: async { Some(crate::engine::Engine::direct().await) });
store_test_suite!(named: crate::engine::Engine::named());
store_test_suite!(simulated with items only: async { Some(crate::engine::Engine::simulated()) });

#[test]
fn says_which_engine_is_named() {
    engine::say_which_engine_is_named();
}
