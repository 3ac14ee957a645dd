//! What the calls of the store need of a role: [`CALLS`].

/// What a call does to the table: an action, and the beginnings of the partition keys that it names.
pub(crate) type Need = (&'static str, &'static [&'static str]);

/// What a void needs, whatever it is for.
const VOID: &[Need] = &[
    ("BatchGetItem", &["MATCHES#", "USER#"]),
    ("GetItem", &["BET#"]),
    ("PutItem", &["LEDGER#"]),
    ("UpdateItem", &["BET#", "MATCHES#", "USER#"]),
];

/// Calls of the store and of what calls it for a function, with what they need. A transaction needs what its parts
/// need.
pub(crate) const CALLS: &[(&str, &[Need])] = &[
    ("sessions.draw", &[]),
    ("sessions.open", &[("PutItem", &["SESSION#"])]),
    (
        "sessions.open_verified",
        &[
            ("DeleteItem", &["SESSION#"]),
            ("GetItem", &["PHONE#"]),
            ("PutItem", &["SESSION#"]),
            ("UpdateItem", &["SESSION#"]),
        ],
    ),
    (
        "sessions.refresh",
        &[
            ("DeleteItem", &["SESSION#"]),
            ("GetItem", &["ACCOUNT#", "SESSION#"]),
            ("UpdateItem", &["SESSION#"]),
        ],
    ),
    (
        "store.act_on_cashier",
        &[
            ("BatchGetItem", &["ACCOUNT#", "CASHIER#", "USER#"]),
            ("GetItem", &["AUDIT"]),
            ("PutItem", &["AUDIT", "AUDIT#", "CASHIER#", "LEDGER#", "TRANSFER#WRITE-OFF:"]),
            ("UpdateItem", &["USER#"]),
        ],
    ),
    (
        "store.act_on_deposit",
        &[
            ("BatchGetItem", &["ACCOUNT#", "CASHIER#", "USER#"]),
            ("GetItem", &["AUDIT", "ORDER#"]),
            ("PutItem", &["AUDIT", "AUDIT#"]),
        ],
    ),
    (
        "store.act_on_suspended",
        &[
            ("BatchGetItem", &["ACCOUNT#", "CASHIER#", "TRANSFER#SUSPENSE:", "USER#"]),
            ("GetItem", &["AUDIT", "ORDER#"]),
            ("PutItem", &["AUDIT", "AUDIT#"]),
        ],
    ),
    // What is written of the order depends on the rule; behind it come the line and the head of the audit log.
    (
        "store.act_on_withdrawal",
        &[
            ("BatchGetItem", &["ACCOUNT#", "CASHIER#", "USER#"]),
            ("GetItem", &["AUDIT", "ORDER#"]),
            ("PutItem", &["AUDIT", "AUDIT#"]),
        ],
    ),
    (
        "store.add_payee",
        &[
            ("GetItem", &["CASHIER#", "PAYEE-OF#"]),
            ("PutItem", &["CASHIER#", "PAYEE#", "PAYEE-OF#"]),
            ("Query", &["PAYEE#"]),
        ],
    ),
    (
        "store.apply_referral_bonus",
        &[
            ("GetItem", &["ACCOUNT#", "USER#"]),
            ("PutItem", &["LEDGER#"]),
            ("UpdateItem", &["ACCOUNT#", "USER#"]),
        ],
    ),
    (
        "store.apply_registration_bonus",
        &[
            ("BatchGetItem", &["ACCOUNT#", "USER#"]),
            ("PutItem", &["LEDGER#"]),
            ("UpdateItem", &["ACCOUNT#", "USER#"]),
        ],
    ),
    (
        "store.award_jackpot",
        &[
            ("BatchGetItem", &["ACCOUNT#", "JACKPOT#", "JACKPOT-METER#", "JACKPOT-OP#", "USER#"]),
            ("GetItem", &["AUDIT"]),
            ("PutItem", &["AUDIT", "AUDIT#", "JACKPOT#", "JACKPOT-OP#"]),
            ("Query", &["JACKPOT#", "JACKPOT-WINS#"]),
        ],
    ),
    (
        "store.change_limits",
        &[
            ("BatchGetItem", &["CASHIER#", "USER#"]),
            ("PutItem", &["CASHIER#", "USER#"]),
            ("UpdateItem", &["USER#"]),
        ],
    ),
    (
        "store.cancel_period",
        &[
            ("GetItem", &["AUDIT", "PERIOD#"]),
            ("PutItem", &["AUDIT", "AUDIT#", "PERIOD#"]),
            ("UpdateItem", &["PERIOD-BETS#"]),
        ],
    ),
    ("store.change_deposit", &[("BatchGetItem", &["CASHIER#", "USER#"]), ("GetItem", &["ORDER#"])]),
    (
        "store.change_suspended",
        &[("BatchGetItem", &["CASHIER#", "TRANSFER#SUSPENSE:", "USER#"]), ("GetItem", &["ORDER#"])],
    ),
    ("store.change_withdrawal", &[("BatchGetItem", &["CASHIER#", "USER#"]), ("GetItem", &["ORDER#"])]),
    (
        "store.begin_drawn_win",
        &[
            ("BatchGetItem", &["JACKPOT#", "JACKPOT-METER#", "JACKPOT-OP#", "USER#"]),
            ("GetItem", &["JACKPOT-OP#"]),
            ("PutItem", &["JACKPOT#", "JACKPOT-OP#"]),
            ("Query", &["JACKPOT#"]),
        ],
    ),
    ("store.bets_of_entries", &[("BatchGetItem", &["MATCHES#"])]),
    ("store.book_transfer", &[("PutItem", &["TRANSFER#"])]),
    ("store.clear_owed", &[("Query", &["SESSION#"]), ("UpdateItem", &["SESSION#"])]),
    ("store.close_book", &[("Query", &["BOOK#"]), ("UpdateItem", &["BOOK#"])]),
    ("store.close_period", &[("PutItem", &["PERIOD#"]), ("UpdateItem", &["PERIOD-BETS#"])]),
    (
        "store.contribute_jackpot",
        &[
            ("BatchGetItem", &["JACKPOT-METER#"]),
            ("PutItem", &["JACKPOT-OP#"]),
            ("UpdateItem", &["JACKPOT-METER#"]),
        ],
    ),
    ("store.does_anybody_wait", &[("Query", &["BOOK#"])]),
    ("store.draw_match", &[("UpdateItem", &["MATCHES#"])]),
    ("store.end_lane", &[("GetItem", &["PERIOD#"]), ("PutItem", &["PERIOD#"])]),
    ("store.entries_after", &[("Query", &["LEDGER#"])]),
    (
        "store.end_longest_unused",
        &[("DeleteItem", &["SESSION#"]), ("Query", &["SESSION#"]), ("UpdateItem", &["SESSION#"])],
    ),
    (
        "store.end_other_sessions",
        &[("DeleteItem", &["SESSION#"]), ("Query", &["SESSION#"]), ("UpdateItem", &["SESSION#"])],
    ),
    ("store.end_session", &[("DeleteItem", &["SESSION#"]), ("UpdateItem", &["SESSION#"])]),
    (
        "store.end_sessions",
        &[("DeleteItem", &["SESSION#"]), ("Query", &["SESSION#"]), ("UpdateItem", &["SESSION#"])],
    ),
    ("store.find_account", &[("GetItem", &["PAYEE-OF#"])]),
    // Of an order, a bet, a funding or an account only whose it is.
    (
        "store.find_entries",
        &[
            ("GetItem", &["ACCOUNT#", "BET#", "FUND#", "JACKPOT-OP#", "ORDER#", "TRANSFER#", "USER#"]),
            ("Query", &["LEDGER#"]),
        ],
    ),
    (
        "store.finish_jackpot_win",
        &[
            ("BatchGetItem", &["JACKPOT#"]),
            ("GetItem", &["JACKPOT-WINS#", "USER#"]),
            (
                "PutItem",
                &[
                    "JACKPOT#",
                    "JACKPOT-WINS#",
                    "LEDGER#",
                    "TRANSFER#JACKPOT-REFILL:",
                    "TRANSFER#JACKPOT-TOP-UP:",
                ],
            ),
            ("UpdateItem", &["JACKPOT-METER#", "USER#"]),
        ],
    ),
    ("store.finish_round", &[("UpdateItem", &["ROUND#"])]),
    (
        "store.free_account",
        &[
            ("BatchGetItem", &["ACCOUNT#"]),
            ("GetItem", &["AUDIT", "CASHIER#", "PAYEE-OF#"]),
            ("PutItem", &["AUDIT", "AUDIT#", "CASHIER#"]),
            ("UpdateItem", &["PAYEE#", "PAYEE-OF#"]),
        ],
    ),
    (
        "store.give_first_bonus",
        &[
            ("BatchGetItem", &["CASHIER#", "USER#"]),
            ("PutItem", &["CASHIER#", "LEDGER#"]),
            ("UpdateItem", &["USER#"]),
        ],
    ),
    ("store.find_repeated_contribution", &[("GetItem", &["JACKPOT-OP#"])]),
    (
        "store.join_and_settle",
        &[
            ("DeleteItem", &["BOOK#"]),
            ("GetItem", &["USER#"]),
            ("PutItem", &["LEDGER#", "MATCHES#"]),
            ("UpdateItem", &["BET#", "BOOK#", "USER#"]),
        ],
    ),
    ("store.has_report", &[("Query", &["RECON"])]),
    ("store.keep_phone_code", &[("PutItem", &["PHONE-CODE#"])]),
    ("store.keep_play", &[("UpdateItem", &["STATS#"])]),
    ("store.keep_rehashed", &[("UpdateItem", &["PHONE#"])]),
    ("store.keep_seal", &[("PutItem", &["SEAL"])]),
    ("store.keep_report", &[("PutItem", &["RECON"])]),
    ("store.list_all_jackpot_configs", &[("Query", &["JACKPOT#"])]),
    ("store.page_jackpot_configs", &[("Query", &["JACKPOT#"])]),
    (
        "store.list_jackpot_proposals",
        &[("BatchGetItem", &["ACCOUNT#", "JACKPOT-OP#"]), ("Query", &["JACKPOT#", "index unfinished"])],
    ),
    ("store.list_attendance", &[("Query", &["ATTENDANCE#"])]),
    ("store.list_audit_lines", &[("Query", &["AUDIT#"])]),
    (
        "store.list_bets",
        &[("BatchGetItem", &["BET#"]), ("GetItem", &["BET#", "BOOK#", "USER#"]), ("Query", &["LEDGER#"])],
    ),
    ("store.list_entries", &[("GetItem", &["USER#"]), ("Query", &["LEDGER#"])]),
    ("store.is_of_another", &[("GetItem", &["PAYEE-OF#"])]),
    ("store.list_deposits_to_look_at", &[("BatchGetItem", &["ORDER#"]), ("Query", &["index unfinished"])]),
    (
        "store.list_game_bets",
        &[("BatchGetItem", &["BET#"]), ("GetItem", &["BET#", "USER#"]), ("Query", &["LEDGER#"])],
    ),
    ("store.list_jackpot_wins", &[("Query", &["JACKPOT-WINS#"])]),
    ("store.list_matches", &[("Query", &["MATCHES#"])]),
    (
        "store.list_orders",
        &[("BatchGetItem", &["ORDER#"]), ("GetItem", &["ORDER#"]), ("Query", &["ORDERS#"])],
    ),
    ("store.list_matches_of_bet", &[("Query", &["MATCHES#"])]),
    ("store.list_payees", &[("Query", &["PAYEE#"])]),
    ("store.look_at_period_bets", &[("Query", &["PERIOD-BETS#"])]),
    ("store.list_readable_matches", &[("Query", &["MATCHES#"])]),
    ("store.list_referrals", &[("Query", &["REFERRAL#"])]),
    ("store.list_reports", &[("Query", &["RECON"])]),
    ("store.list_results", &[("Query", &["RESULTS#"])]),
    ("store.list_unpaid", &[("BatchGetItem", &["BET#"])]),
    ("store.list_waiting", &[("Query", &["BOOK#"])]),
    ("store.list_withdrawals_to_look_at", &[("BatchGetItem", &["ORDER#"]), ("Query", &["index unfinished"])]),
    ("store.load_account", &[("GetItem", &["ACCOUNT#"])]),
    ("store.load_account_and_wallet", &[("BatchGetItem", &["ACCOUNT#", "USER#"])]),
    ("store.load_bet", &[("GetItem", &["BET#"])]),
    ("store.load_bet_view", &[("GetItem", &["BET#", "BOOK#"])]),
    ("store.load_cashier", &[("GetItem", &["CASHIER#"])]),
    ("store.load_deposit", &[("GetItem", &["ORDER#"])]),
    ("store.load_drawn_win", &[("GetItem", &["JACKPOT-OP#"])]),
    ("store.load_finish_progress", &[("GetItem", &["ROUND#"])]),
    ("store.load_jackpot_configs", &[("Query", &["JACKPOT#"])]),
    ("store.load_jackpot_pools", &[("BatchGetItem", &["JACKPOT#"])]),
    ("store.load_jackpot_standings", &[("BatchGetItem", &["JACKPOT#", "JACKPOT-METER#"])]),
    ("store.load_jackpot_win", &[("GetItem", &["JACKPOT-WINS#"])]),
    ("store.load_known_orders", &[("BatchGetItem", &["ORDER#"])]),
    ("store.load_limits", &[("BatchGetItem", &["CASHIER#", "USER#"])]),
    ("store.load_login", &[("GetItem", &["PHONE#"])]),
    ("store.load_match", &[("GetItem", &["MATCHES#"])]),
    ("store.load_match_and_wallet", &[("BatchGetItem", &["MATCHES#", "USER#"])]),
    ("store.load_payee", &[("GetItem", &["PAYEE#"])]),
    (
        "store.load_place",
        &[("BatchGetItem", &["BOOK#", "ROUND#", "SEED#", "USER#"]), ("GetItem", &["SEED#"])],
    ),
    (
        "store.load_play_statistics",
        &[
            ("BatchGetItem", &["PERIOD#"]),
            ("GetItem", &["USER#"]),
            ("Query", &["LEDGER#", "STATS#"]),
            ("UpdateItem", &["STATS#"]),
        ],
    ),
    ("store.load_report", &[("GetItem", &["RECON"])]),
    ("store.load_round", &[("GetItem", &["ROUND#"])]),
    ("store.load_round_and_seed", &[("BatchGetItem", &["ROUND#", "SEED#"]), ("GetItem", &["SEED#"])]),
    (
        "store.load_round_totals",
        &[("GetItem", &["TOTALS#"]), ("Query", &["BOOK#", "MATCHES#"]), ("UpdateItem", &["TOTALS#"])],
    ),
    ("store.load_lane", &[("Query", &["PERIOD-BETS#"])]),
    ("store.load_period", &[("GetItem", &["PERIOD#"])]),
    ("store.load_period_seed", &[("GetItem", &["SEED#"])]),
    ("store.load_periods", &[("BatchGetItem", &["PERIOD#"])]),
    ("store.load_seed", &[("GetItem", &["SEED#"])]),
    ("store.load_seed_of", &[("GetItem", &["SEED#"])]),
    ("store.load_session", &[("GetItem", &["SESSION#"])]),
    ("store.load_wallet", &[("GetItem", &["USER#"])]),
    ("store.load_withdrawal", &[("GetItem", &["ORDER#"])]),
    ("store.look_at_deposit_later", &[("GetItem", &["ORDER#"]), ("UpdateItem", &["ORDER#"])]),
    ("store.look_at_period", &[("GetItem", &["PERIOD#"])]),
    ("store.look_at_round", &[("GetItem", &["ROUND#"])]),
    ("store.look_at_withdrawal_later", &[("GetItem", &["ORDER#"]), ("UpdateItem", &["ORDER#"])]),
    ("store.may_still_pay", &[("BatchGetItem", &["CASHIER#", "USER#"])]),
    ("store.move_period", &[("PutItem", &["PERIOD#", "RESULTS#"])]),
    ("store.newest_seal", &[("Query", &["SEAL"])]),
    ("store.log_act", &[("GetItem", &["AUDIT"]), ("PutItem", &["AUDIT", "AUDIT#"]), ("Query", &["AUDIT#"])]),
    ("store.move_round", &[("PutItem", &["ROUND#"])]),
    ("store.move_round_by", &[("GetItem", &["AUDIT"]), ("PutItem", &["AUDIT", "AUDIT#", "ROUND#"])]),
    ("store.owe_jackpot_win", &[("PutItem", &["JACKPOT-OP#"])]),
    (
        "store.owe_referral_bonus",
        &[("BatchGetItem", &["ACCOUNT#", "CASHIER#"]), ("UpdateItem", &["ACCOUNT#"])],
    ),
    ("store.oldest_in_shard", &[("Query", &["index unfinished"])]),
    ("store.oldest_unfinished", &[("Query", &["BOOK#", "index unfinished"])]),
    (
        "store.open_deposit",
        &[
            ("BatchGetItem", &["CASHIER#", "ORDER#", "USER#"]),
            ("PutItem", &["CASHIER#", "ORDER#", "ORDERS#"]),
        ],
    ),
    ("store.open_period", &[("PutItem", &["PERIOD#", "SEED#"])]),
    ("store.open_round", &[("PutItem", &["ROUND#", "SEED#"])]),
    ("store.open_round_by", &[("GetItem", &["AUDIT"]), ("PutItem", &["AUDIT", "AUDIT#", "ROUND#", "SEED#"])]),
    ("store.password_since", &[("GetItem", &["ACCOUNT#"])]),
    (
        "store.place_bet",
        &[
            ("BatchGetItem", &["BOOK#", "ROUND#", "USER#"]),
            ("GetItem", &["BET#"]),
            ("PutItem", &["BET#", "BOOK#", "LEDGER#"]),
            ("Query", &["LEDGER#"]),
            ("UpdateItem", &["USER#"]),
        ],
    ),
    (
        "store.pay_game_bets",
        &[
            ("BatchGetItem", &["BET#"]),
            ("GetItem", &["USER#"]),
            ("PutItem", &["LEDGER#"]),
            ("UpdateItem", &["BET#", "USER#"]),
        ],
    ),
    (
        "store.place_game_bet",
        &[
            ("GetItem", &["BET#", "PERIOD-BETS#", "USER#"]),
            ("PutItem", &["BET#", "LEDGER#"]),
            ("UpdateItem", &["PERIOD-BETS#", "USER#"]),
        ],
    ),
    ("store.probe", &[("GetItem", &["PROBE"])]),
    ("store.recall_play", &[("Query", &["STATS#"])]),
    ("store.record_attendance", &[("UpdateItem", &["ATTENDANCE#"])]),
    ("store.record_login", &[("UpdateItem", &["ACCOUNT#"])]),
    (
        "store.record_referral",
        &[
            ("BatchGetItem", &["ACCOUNT#", "CASHIER#", "REFERRAL-CODE#"]),
            ("ConditionCheckItem", &["CASHIER#"]),
            ("PutItem", &["REFERRAL#"]),
            ("UpdateItem", &["ACCOUNT#"]),
        ],
    ),
    (
        "store.refund_bet",
        &[
            ("BatchGetItem", &["BOOK#", "USER#"]),
            ("DeleteItem", &["BOOK#"]),
            ("GetItem", &["BET#", "BOOK#"]),
            ("PutItem", &["LEDGER#"]),
            ("UpdateItem", &["BET#", "USER#"]),
        ],
    ),
    (
        "store.refund_bet_by",
        &[
            ("BatchGetItem", &["BOOK#", "USER#"]),
            ("DeleteItem", &["BOOK#"]),
            ("GetItem", &["AUDIT", "BET#", "BOOK#"]),
            ("PutItem", &["AUDIT", "AUDIT#", "LEDGER#"]),
            ("UpdateItem", &["BET#", "USER#"]),
        ],
    ),
    (
        "store.remove_payee",
        &[("GetItem", &["CASHIER#", "PAYEE#"]), ("PutItem", &["CASHIER#", "PAYEE#", "PAYEE-OF#"])],
    ),
    ("store.replace_password", &[("PutItem", &["SESSION#"]), ("UpdateItem", &["ACCOUNT#", "PHONE#"])]),
    // The debit is in the same transaction, so whoever requests may write wallets; IAM does not see whose.
    (
        "store.request_withdrawal",
        &[
            ("BatchGetItem", &["CASHIER#", "ORDER#", "PERIOD#", "USER#"]),
            ("GetItem", &["PAYEE#"]),
            ("PutItem", &["CASHIER#", "LEDGER#", "ORDER#", "ORDERS#"]),
            ("Query", &["LEDGER#"]),
            ("UpdateItem", &["USER#"]),
        ],
    ),
    ("store.save_finish_progress", &[("UpdateItem", &["ROUND#"])]),
    // With secrets, for commands of operators: the role of whoever has it in its code does not allow those.
    ("store.scan", &[("Scan", &["any item"])]),
    ("store.scan_books", &[("BatchGetItem", &["PERIOD#", "ROUND#"]), ("Scan", &["any item"])]),
    // All items, and of those what `role_scan` holds.
    ("store.scan_provider_account", &[("Query", &["LEDGER#"]), ("Scan", &["any item"])]),
    ("store.see_jackpots", &[("BatchGetItem", &["JACKPOT#", "JACKPOT-METER#"]), ("Query", &["JACKPOT#"])]),
    (
        "store.settle_match",
        &[
            ("GetItem", &["BET#", "MATCHES#", "USER#"]),
            ("PutItem", &["LEDGER#"]),
            ("UpdateItem", &["BET#", "MATCHES#", "USER#"]),
        ],
    ),
    (
        "store.sign_up",
        &[("GetItem", &["PHONE#"]), ("PutItem", &["ACCOUNT#", "PHONE#", "REFERRAL-CODE#", "USER#"])],
    ),
    ("store.sweep_jackpot_wins", &[("Query", &["index unfinished"])]),
    (
        "store.settle_paid_twice",
        &[
            ("BatchGetItem", &["CASHIER#", "USER#"]),
            ("GetItem", &["ORDER#"]),
            ("PutItem", &["CASHIER#", "ORDER#", "TRANSFER#"]),
        ],
    ),
    ("store.sweep_lanes", &[("Query", &["index unfinished"])]),
    ("store.sweep_matches", &[("Query", &["index unfinished"])]),
    ("store.sweep_orders", &[("Query", &["index unfinished"])]),
    ("store.sweep_periods", &[("Query", &["index unfinished"])]),
    ("store.sweep_first_bonuses", &[("Query", &["index unfinished"])]),
    ("store.sweep_registrations", &[("Query", &["index unfinished"])]),
    ("store.sweep_session_debts", &[("BatchGetItem", &["SESSION#"]), ("Query", &["index unfinished"])]),
    ("store.sweep_rounds", &[("Query", &["index unfinished"])]),
    ("store.sweep_waiting", &[("Query", &["BOOK#"])]),
    (
        "store.update_jackpot_config",
        &[
            ("BatchGetItem", &["ACCOUNT#", "JACKPOT#", "JACKPOT-METER#"]),
            ("GetItem", &["AUDIT"]),
            ("PutItem", &["AUDIT", "AUDIT#", "JACKPOT#", "TRANSFER#JACKPOT-START:"]),
            ("Query", &["JACKPOT#"]),
            ("UpdateItem", &["JACKPOT-METER#"]),
        ],
    ),
    ("store.try_phone_code", &[("UpdateItem", &["PHONE-CODE#"])]),
    (
        "store.verify_phone",
        &[("DeleteItem", &["PHONE-CODE#"]), ("GetItem", &["ACCOUNT#"]), ("UpdateItem", &["ACCOUNT#"])],
    ),
    ("store.who_waits", &[("Query", &["BOOK#"])]),
    ("store.update_profile", &[("GetItem", &["ACCOUNT#"]), ("UpdateItem", &["ACCOUNT#"])]),
    ("store.void_match", VOID),
    (
        "store.void_match_by",
        &[
            ("BatchGetItem", &["MATCHES#", "USER#"]),
            ("GetItem", &["AUDIT", "BET#", "ROUND#"]),
            ("PutItem", &["AUDIT", "AUDIT#", "LEDGER#"]),
            ("UpdateItem", &["BET#", "MATCHES#", "USER#"]),
        ],
    ),
    ("store.void_unpayable", VOID),
];
