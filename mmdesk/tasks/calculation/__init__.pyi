from .calculate import calculate as calculate
