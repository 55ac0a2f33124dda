# usage: zsh -f ask.zsh FOLDER <LINES: what zsh offers at the end of each line, given completion functions in FOLDER.
# For each a row: the line, `:`, the words. A real zsh at a terminal of its own is asked; what its completion hands to
# compadd is the answer.
zmodload zsh/zpty || exit 2
export FO_FOLDER=$1 FO_ANSWER=$(mktemp) FO_SETUP=$(mktemp)
trap 'rm -f $FO_ANSWER $FO_SETUP' EXIT
cat >$FO_SETUP <<'SETUP'
	PS1= PS2=
	fpath=($FO_FOLDER $fpath)
	autoload -Uz compinit
	compinit -u -D
	compadd() {
		# With one of these it does not offer, it only sorts out.
		local -a fo_found
		[[ " ${@[1,(i)(-|--)]}" == *' -'(O|A|D)* ]] ||
			{ builtin compadd -A fo_found "$@"; print -rn -- " $fo_found" >>$FO_ANSWER }
		builtin compadd "$@"
	}
	ask() {
		_main_complete
		print >>$FO_ANSWER
		compstate[insert]= compstate[list]=
	}
	zle -C ask complete-word ask
	bindkey '^T' ask
SETUP
zpty shell zsh -f -i
zpty -w shell 'source $FO_SETUP; print READ""Y'
while zpty -r shell seen && [[ $seen != *READY* ]]; do :; done
while IFS= read -r line; do
	: >$FO_ANSWER
	zpty -w -n shell $'\x15'"$line"$'\x14'
	until [[ -s $FO_ANSWER && -z $(tail -c 1 $FO_ANSWER) ]]; do sleep 0.01; done
	print -r -- "$line:$(<$FO_ANSWER)"
done
zpty -d shell
