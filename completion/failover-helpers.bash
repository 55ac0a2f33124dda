# failover-helpers.bash - what may follow on the command line of a program: by its own --help, which is made from
# the table that the program reads its arguments with.

# _fo_help PROGRAM: sets `verbs`, `options`, and `argument` of each option that has one.
_fo_help() {
	local line option='^ {2,6}((-[A-Za-z]), )?(--[a-z-]+)( ([^ ]+))?  ' verb='^  ([a-z|]+)( [A-Z]+)*  '
	verbs=() options=()
	while IFS= read -r line; do
		if [[ $line =~ $option ]]; then
			for line in ${BASH_REMATCH[2]:+"${BASH_REMATCH[2]}"} "${BASH_REMATCH[3]}"; do
				options+=("$line")
				argument[$line]=${BASH_REMATCH[5]}
			done
		elif [[ ${#options[@]} -eq 0 && $line =~ $verb ]]; then
			IFS='|' read -r -a line <<<"${BASH_REMATCH[1]}"
			verbs+=("${line[@]}")
		fi
	done < <("$1" --help 2>/dev/null)
}

# _fo_argument KIND WORD: what an argument can be that --help calls so, such as FILE or dhcp|ADDR.
_fo_argument() {
	local kind
	for kind in ${1//|/ }; do
		case $kind in
		FILE) compgen -f -- "$2" ;;
		DIRECTORY) compgen -d -- "$2" ;;
		IFACE) compgen -W "$(cd /sys/class/net && echo *)" -- "$2" ;;
		*[A-Z]*) ;;
		*) compgen -W "$kind" -- "$2" ;;
		esac
	done
}

# bash(1), Programmable Completion: the program, the word, and the one before it.
_fo() {
	local word i program=${1##*/} current=$2 previous=$3
	local -a verbs options
	local -A argument
	COMPREPLY=()
	_fo_help "$program"
	# bash takes `=` for a word of its own.
	if [[ $current == = ]]; then
		current='' previous=${COMP_WORDS[COMP_CWORD - 1]}
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	if [[ -n ${argument[$previous]-} ]]; then
		mapfile -t COMPREPLY < <(_fo_argument "${argument[$previous]}" "$current")
		! [[ ${argument[$previous]} == *FILE* || ${argument[$previous]} == *DIRECTORY* ]] || compopt -o filenames 2>/dev/null
		return
	fi
	if [[ $current == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "${options[*]}" -- "$current")
		return
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		for word in "${verbs[@]}"; do
			[[ ${COMP_WORDS[i]} != "$word" ]] || return
		done
	done
	mapfile -t COMPREPLY < <(compgen -W "${verbs[*]}" -- "$current")
}

complete -F _fo fo-alert fo-check-ftth fo-keepalive fo-route fo-setup fo-speedclass fo-status fo-watch
